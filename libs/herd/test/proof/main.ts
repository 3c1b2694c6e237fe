import { parseArgs } from 'node:util';

import { drivers, policies, tiers } from './messages.js';
import { faults, prove } from './prove.js';

/** The long form: `npm run prove:herd -- --processes 4 --keys 120 --fault-ms 3000 --rounds 3 --tiers none,memory --faults frozen`. One line for each round. */
const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '4' },
    keys: { type: 'string', default: '120' },
    'fault-ms': { type: 'string', default: '2500' },
    rounds: { type: 'string', default: '1' },
    tiers: { type: 'string', default: '' },
    drivers: { type: 'string', default: '' },
    policies: { type: 'string', default: '' },
    faults: { type: 'string', default: '' },
  },
});
let stale = 0;
const names = (text: string): readonly string[] => text.split(',').filter(Boolean);
const chosen = <Name extends string>(all: readonly Name[], text: string): readonly Name[] =>
  text === '' ? all : all.filter((name) => names(text).includes(name));
for (let round = 0; round < Number(values.rounds); round += 1)
  for (const tier of chosen(tiers, values.tiers))
    for (const driver of chosen(drivers, values.drivers))
      for (const policy of chosen(policies, values.policies))
        for (const fault of chosen(faults, values.faults)) {
          if (tier === 'none' && fault === 'bus away') continue;
          const sizes = {
            processes: Number(values.processes),
            keys: Number(values.keys),
            faultMs: Number(values['fault-ms']),
          };
          const verdict = await prove({ driver, policy, tier, fault, ...sizes });
          const found = [...verdict.own, ...verdict.foreign, ...verdict.atRest, ...verdict.strange];
          stale += found.length;
          process.stdout.write(
            `${tier} ${driver} ${policy} ${fault}: ${verdict.writes} writes, ${verdict.reads} reads ` +
              `(${verdict.values} of a value), ${verdict.own.length} old to their writer, ` +
              `${verdict.foreign.length} to others beyond the bound, ${verdict.atRest.length} at rest, ` +
              `${verdict.strange.length} never written; oldest to others ${verdict.worstMs} ms\n`,
          );
          for (const one of found.slice(0, 10)) process.stdout.write(`  ${one}\n`);
        }
process.stdout.write(`${stale} stale reads\n`);
process.exitCode = stale > 0 ? 1 : 0;
