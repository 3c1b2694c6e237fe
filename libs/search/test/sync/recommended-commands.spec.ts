import { jest } from '@jest/globals';
import { MikroORM } from '@mikro-orm/postgresql';
import { describeWith } from '@rookery/services';
import { SearchMigrationError, SearchService } from '@rookery/search';
import { runSearchCommand } from '@rookery/search/cli';
import { lastValueFrom } from 'rxjs';
import { COMMAND_OPTIONS } from '../../src/nest/cli/command-options.js';
import { MIGRATION_COMMANDS } from '../../src/nest/cli/migration.commands.js';
import { OPERATION_COMMANDS } from '../../src/nest/cli/operation.commands.js';
import { parseCommand } from '../../src/nest/cli/parse-command.js';
import { postgresConfig } from './database.js';
import { Book } from './entities.js';
import { BookV2, V2 } from './entities-v2.js';
import { flagsInMessages, recommendedInDocs, recommendedInSources, unquotedInSources } from './recommended-commands.js';
import { engineOf, startSearch, type Running } from './running.js';

jest.setTimeout(60_000);

const COMMANDS = { ...MIGRATION_COMMANDS, ...OPERATION_COMMANDS };
const distinct = (lines: readonly (readonly string[])[]): string[] => [...new Set(lines.map((line) => line.join(' ')))];
const inSources = distinct(recommendedInSources('books').map(({ line }) => line));

describe('a command that is recommended', () => {
  it('is found wherever it stands', () => {
    expect(inSources).toEqual(
      expect.arrayContaining(['migrate books', 'finish books', 'rollback books', 'repair books', 'prune']),
    );
    expect(recommendedInDocs('books').length).toBeGreaterThan(10);
    expect(unquotedInSources(Object.keys(COMMANDS))).toEqual([]);
  });

  it.each(recommendedInDocs('books').map(({ file, line }) => [file, line.join(' ')]))(
    'in %s is one: %s',
    (_file, line) => {
      expect(() => parseCommand(line.split(' '), COMMANDS)).not.toThrow();
    },
  );

  it('has the options that messages name', () => {
    const known = Object.values(COMMAND_OPTIONS).map(({ flag }) => flag);
    expect(known).toEqual(expect.arrayContaining([...new Set(flagsInMessages())]));
  });
});

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'in the middle of a migration, each command that a message recommends', () => {
    let running: Running;
    let next: { orm: MikroORM; search: SearchService };
    beforeEach(async () => {
      running = await startSearch('postgres', { relay: { pollMs: 20 } });
      const em = running.orm.em.fork();
      for (let id = 1; id <= 3; id += 1) em.create(Book, { id, title: `title ${id}` });
      await em.flush();
      await running.search.settled({ timeoutMs: 30_000 });
      const orm = await MikroORM.init({ ...postgresConfig(running.dbName), entities: V2 as never });
      const search = new SearchService(orm, {
        engine: engineOf(),
        prefix: running.prefix,
        sync: 'outbox',
        relay: false,
      });
      next = { orm, search };
      await lastValueFrom(search.migrations.migrate(BookV2));
    }, 60_000);
    afterEach(async () => {
      await next.search.close();
      await next.orm.close(true);
      await running.stop();
    }, 60_000);

    it.each(inSources)('does what it says: search %s', async (line) => {
      const written: string[] = [];
      const said = jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
      try {
        const { options } = COMMANDS[line.split(' ')[0] as keyof typeof COMMANDS];
        const confirmed = options.includes('yes') ? [...line.split(' '), '--yes'] : line.split(' ');
        expect(await runSearchCommand(next.search, confirmed)).toBe(0);
      } finally {
        said.mockRestore();
      }
      expect(written.join('')).toContain('books');
    });

    it('stands in the messages that refuse a change, with the name of the index', async () => {
      const books = next.search.repository(BookV2);
      for (const refused of [
        () => books.update(1, { document: { stock: 5 } }),
        () => books.deleteByQuery((q) => q, { all: true }),
        () => books.bulk([{ action: 'create', id: 9, document: {} }]),
      ]) {
        const error = await refused().catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(SearchMigrationError);
        expect((error as Error).message).toContain('`search finish books` or `search rollback books`');
      }
    });
  }),
);
