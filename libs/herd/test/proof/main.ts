import { parseArgs } from 'node:util';

import { faults, prove } from './prove.js';

/** The long form: `npm run prove:herd -- --processes 4 --keys 120 --fault-ms 3000 --rounds 3`. One line for each round. */
const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '4' },
    keys: { type: 'string', default: '120' },
    'fault-ms': { type: 'string', default: '2500' },
    rounds: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});
let stale = 0;
for (let round = 0; round < Number(values.rounds); round += 1)
  for (const driver of ['memcached', 'redis'] as const)
    for (const policy of ['miss', 'next', 'error'] as const)
      for (const fault of faults) {
        const name = `${driver} ${policy} ${fault}`;
        if (!name.includes(values.only)) continue;
        const sizes = {
          processes: Number(values.processes),
          keys: Number(values.keys),
          faultMs: Number(values['fault-ms']),
        };
        const verdict = await prove({ driver, policy, fault, ...sizes });
        const found = [...verdict.own, ...verdict.foreign, ...verdict.atRest];
        stale += found.length;
        process.stdout.write(
          `${name}: ${verdict.writes} writes, ${verdict.reads} reads (${verdict.values} of a value), ` +
            `${verdict.own.length} old to their writer, ${verdict.foreign.length} to others beyond the bound, ` +
            `${verdict.atRest.length} at rest; oldest to others ${verdict.worstMs} ms\n`,
        );
        for (const one of found.slice(0, 10)) process.stdout.write(`  ${one}\n`);
      }
process.stdout.write(`${stale} stale reads\n`);
process.exitCode = stale > 0 ? 1 : 0;
