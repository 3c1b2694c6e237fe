import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Probed } from './event-loop-probe.js';

/** The arguments of `node` that load the probe. */
export const WITH_PROBE = ['--import', fileURLToPath(new URL('event-loop-probe.js', import.meta.url))];

/** Asks a process that has the probe. */
export function probe(child: ChildProcess): Promise<Probed> {
  return new Promise((resolve, reject) => {
    child.once('message', (answer) => resolve(answer as Probed));
    child.send('probe', (error) => error && reject(error));
  });
}
