import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { faultNames, isPossible } from './faults.js';
import { drivers, policies, tiers } from './messages.js';
import type { Round } from './prove.js';
import { noSums, proveAll, summed } from './rounds.js';
import type { Sums } from './rounds.js';

/**
 * The long form: `npm run prove:herd -- --processes 3 --keys 30 --fault-ms 1500 --rounds 1 --at-once 6 --tiers none,memory
 * --faults frozen`. One line for each round.
 */
const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '3' },
    keys: { type: 'string', default: '30' },
    'fault-ms': { type: 'string', default: '1500' },
    rounds: { type: 'string', default: '1' },
    'at-once': { type: 'string', default: '6' },
    tiers: { type: 'string', default: '' },
    drivers: { type: 'string', default: '' },
    policies: { type: 'string', default: '' },
    faults: { type: 'string', default: '' },
    /** Which of the parts that run at once this process is. */
    part: { type: 'string' },
  },
});

function chosen<Name extends string>(all: readonly Name[], text: string): readonly Name[] {
  const names = text.split(',').filter(Boolean);
  const strange = names.find((name) => !(all as readonly string[]).includes(name));
  if (strange !== undefined) throw new Error(`${strange} is none of: ${all.join(', ')}`);
  return text === '' ? all : all.filter((name) => names.includes(name));
}

const parts = Number(values['at-once']);
const rounds: readonly Round[] = Array.from({ length: Number(values.rounds) }).flatMap(() =>
  chosen(faultNames, values.faults).flatMap((fault) =>
    chosen(drivers, values.drivers).flatMap((driver) =>
      chosen(policies, values.policies).flatMap((policy) =>
        chosen(tiers, values.tiers)
          .map((tier) => ({ fault, driver, policy, tier }))
          .filter((round) => isPossible(fault, round)),
      ),
    ),
  ),
);

async function runPart(part: number): Promise<Sums> {
  const child = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), '--part', String(part)]);
  const ended = once(child, 'exit');
  let sums: Sums | undefined;
  child.on('message', (message) => (sums = message as Sums));
  await ended;
  if (!sums) throw new Error(`part ${part} ended before it was done`);
  return sums;
}

if (values.part !== undefined) {
  const size = { keys: Number(values.keys), faultMs: Number(values['fault-ms']) };
  const own = rounds.filter((_, i) => i % parts === Number(values.part));
  const sums = await proveAll(own, Number(values.processes), size);
  process.send!(sums);
  process.disconnect();
} else {
  const sums = (await Promise.all(Array.from({ length: parts }, (_, part) => runPart(part)))).reduce(summed, noSums);
  process.stdout.write(
    `${sums.rounds} rounds, ${sums.writes} writes, ${sums.reads} reads (${sums.values} of a value); ` +
      `oldest to others ${sums.worstMs} ms; ${sums.stale} stale reads\n`,
  );
  process.exitCode = sums.stale > 0 ? 1 : 0;
}
