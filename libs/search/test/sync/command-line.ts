import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { SearchModule } from '@rookery/search';
import { runSearchCommands } from '@rookery/search/cli';
import { openSearch } from '@rookery/search/opensearch';
import { postgresConfig } from './database.js';

const { CLI_DATABASE = '', CLI_PREFIX = '', OPENSEARCH_URL = '' } = process.env;

@Module({
  imports: [
    MikroOrmModule.forRoot({ ...postgresConfig(CLI_DATABASE), registerRequestContext: false }),
    SearchModule.forRoot({ engine: openSearch({ node: OPENSEARCH_URL }), prefix: CLI_PREFIX, sync: 'outbox' }),
  ],
})
class Application {}

await runSearchCommands(Application);
