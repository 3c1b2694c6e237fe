import { keyText } from '../../document/document-id.js';
import type { CommandOptions } from './command-options.js';
import { EXIT, type Command } from './command.js';

const NO_OUTBOX =
  "no index has sync: 'outbox': changes wait in the processes that made them, and there are no dead letters";

const status: Command = {
  description: 'Show plan, migration, backlog and lag',
  index: 'optional',
  options: ['json', 'maxLag'],
  async act({ search, indices, options: { maxLag = Infinity }, output }) {
    for (const { name, alias } of indices) {
      const { plan, migration } = await search.migrations.status(name);
      output.say(`${alias}: ${plan.liveIndex ?? 'no index'}, ${plan.action}, migration ${migration?.phase ?? 'none'}`, {
        alias,
        plan,
        migration,
      });
    }
    if (!search.hasOutbox) {
      output.say(NO_OUTBOX, { outbox: false });
      return EXIT.done;
    }
    const backlog = await search.backlog();
    output.say(
      `${backlog.pending} changes wait, the oldest for ${backlog.lagMs} ms; ${backlog.deadLetters} dead letters`,
      backlog,
    );
    return backlog.lagMs > maxLag ? EXIT.found : EXIT.done;
  },
};

function scopeOf({ where }: CommandOptions): Pick<CommandOptions, 'where'> {
  return where === undefined ? {} : { where };
}

const verify: Command = {
  description: 'Compare indices with the database; exit with 1 when they differ',
  index: 'optional',
  options: ['json', 'where'],
  async act({ search, indices, options, output }) {
    let code: number = EXIT.done;
    for (const { name, alias } of indices) {
      let differing = 0;
      for await (const { key, drift, reason } of search.migrations.verify(name, scopeOf(options))) {
        differing += 1;
        const why = reason === undefined ? '' : `: ${reason}`;
        output.say(`${alias}/${keyText(key)}: ${drift}${why}`, { alias, key: keyText(key), drift, reason });
      }
      output.say(`${alias}: ${differing} documents differ`, { alias, differing });
      if (differing > 0) code = EXIT.found;
    }
    return code;
  },
};

const repair: Command = {
  description: 'Write exactly the documents that differ from the database',
  index: 'optional',
  options: ['json', 'where'],
  async act({ search, indices, options, output }) {
    for (const { name, alias } of indices) {
      const { missing, orphaned, outdated } = await search.migrations.repair(name, scopeOf(options));
      const counts = { missing, orphaned, outdated };
      output.say(`${alias}: repaired ${missing} missing, ${orphaned} orphaned, ${outdated} outdated`, {
        alias,
        ...counts,
      });
    }
  },
};

const relay: Command = {
  description: 'Relay the outbox until SIGTERM or SIGINT',
  index: 'none',
  options: [],
  async act({ search }) {
    await search.start();
    await new Promise<void>((resolve) => {
      process.once('SIGTERM', resolve);
      process.once('SIGINT', resolve);
    });
  },
};

const deadLetters: Command = {
  description: 'Show documents that were refused too often',
  index: 'none',
  options: ['json', 'redrive', 'check'],
  async act({ search, options: { redrive, check }, output }) {
    if (!search.hasOutbox) {
      output.say(NO_OUTBOX, { outbox: false });
      return EXIT.done;
    }
    if (redrive) {
      const redriven = await search.redrive();
      output.say(`${redriven} documents are tried again`, { redriven });
      return EXIT.done;
    }
    const letters = await search.deadLetters();
    for (const { alias, path, key, attempts, reason, givenUpAt } of letters) {
      const place = [alias, ...(path === '' ? [] : [path]), keyText(key)].join('/');
      output.say(`${place}: ${attempts} attempts, given up ${givenUpAt.toISOString()}: ${reason}`, {
        alias,
        path,
        key: keyText(key),
        attempts,
        reason,
        givenUpAt,
      });
    }
    return check && letters.length > 0 ? EXIT.found : EXIT.done;
  },
};

export const OPERATION_COMMANDS = { status, verify, repair, relay, 'dead-letters': deadLetters };
