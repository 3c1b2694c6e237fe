import { describeDifference, type MigrationPlan } from '../../migration/plan.js';
import { EXIT, type Command } from './command.js';

function textOf({ alias, action, liveIndex, differences }: MigrationPlan): string {
  return [
    `${alias} (${liveIndex ?? 'no index'}): ${action}`,
    ...differences.map((difference) => `  ${describeDifference(difference)}`),
  ].join('\n');
}

const plan: Command = {
  description: 'Show what a migration would change, and why',
  index: 'optional',
  options: ['json', 'check'],
  async act({ search, indices, options: { check }, output }) {
    let code: number = EXIT.done;
    for (const { name } of indices) {
      const planned = await search.migrations.plan(name);
      output.say(textOf(planned), planned);
      if (check && planned.action !== 'none') code = EXIT.found;
    }
    return code;
  },
};

const migrate: Command = {
  description: 'Bring indices to the model; goes on where a run was ended',
  index: 'optional',
  options: ['json', 'dryRun', 'verify', 'maxRate', 'maxUnbuildable'],
  async act({ search, indices, options: { dryRun, verify, maxRate, maxUnbuildable }, output }) {
    for (const { name } of indices) {
      const planned = await search.migrations.plan(name);
      output.say(textOf(planned), planned);
      if (dryRun) continue;
      await new Promise<void>((resolve, reject) => {
        const migrating = search.migrations.migrate(name, {
          ...(maxRate === undefined ? {} : { maxDocumentsPerSecond: maxRate }),
          ...(verify === undefined ? {} : { verify }),
          ...(maxUnbuildable === undefined ? {} : { maxUnbuildable }),
        });
        migrating.subscribe({ next: (progress) => output.progress(progress), error: reject, complete: resolve });
      }).finally(() => output.endBar());
    }
  },
};

const rollback: Command = {
  description: 'Go back to the old index',
  index: 'required',
  options: ['json', 'yes'],
  async act({ search, indices, output, confirmed }) {
    for (const { name, alias } of indices) {
      if (!(await confirmed(`Delete the new index of ${alias} and go back to the old one?`))) return EXIT.notConfirmed;
      const { exact } = await search.migrations.rollback(name);
      output.say(`${alias}: rolled back${exact ? '' : ', not exactly: run verify and repair with the old release'}`, {
        alias,
        exact,
      });
    }
  },
};

const finish: Command = {
  description: 'End a migration: delete the old index',
  index: 'required',
  options: ['json', 'yes'],
  async act({ search, indices, output, confirmed }) {
    for (const { name, alias } of indices) {
      const question = `Delete the old index of ${alias}? There is no rollback after it.`;
      if (!(await confirmed(question))) return EXIT.notConfirmed;
      await search.migrations.finish(name);
      output.say(`${alias}: finished`, { alias, phase: 'finished' });
    }
  },
};

const prune: Command = {
  description: 'Delete indices of earlier migrations that nothing points to',
  index: 'optional',
  options: ['json', 'yes'],
  async act({ search, indices, output, confirmed }) {
    const names = indices.map(({ alias }) => alias).join(', ');
    if (!(await confirmed(`Delete indices of ${names} that nothing points to?`))) return EXIT.notConfirmed;
    for (const { name, alias } of indices) {
      const deleted = await search.migrations.prune(name);
      output.say(`${alias}: deleted ${deleted.length === 0 ? 'nothing' : deleted.join(', ')}`, { alias, deleted });
    }
  },
};

export const MIGRATION_COMMANDS = { plan, migrate, rollback, finish, prune };
