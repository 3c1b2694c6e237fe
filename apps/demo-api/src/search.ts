import { runSearchCommands } from '@rookery/search/cli';
import { readConfig } from './config/read-config.js';
import { DataModule } from './data/data.module.js';
import { describeStartFailure } from './start-error.js';

// `npm run search -- plan | migrate | status | …`, on the servers of the demo that runs.
try {
  await runSearchCommands(DataModule.for(readConfig(process.env)));
} catch (error) {
  console.error(describeStartFailure(error));
  process.exitCode = 1;
}
