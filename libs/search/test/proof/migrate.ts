import { lastValueFrom } from 'rxjs';
import { NextBook } from './models.js';
import { connect, searchOf, settingOfProcess } from './setting.js';

/** Migrates to the next release; the caller may kill it at any moment and start another. */
const setting = settingOfProcess();
const orm = await connect(setting);
const search = searchOf(orm, setting, { relay: false });
await lastValueFrom(
  search.migrations.migrate(NextBook, { pageSize: 25, maxDocumentsPerSecond: 150, maxUnbuildable: 300 }),
);
await search.close();
await orm.close(true);
process.exit(0);
