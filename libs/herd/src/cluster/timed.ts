import type { Node } from '../contracts/node.js';
import type { Sequel } from '../pool/task.js';
import { codeOf } from '../support/operation-failure.js';
import { operationsAreWatched, publishOperation } from './publish.js';

/**
 * Runs an operation on a node; when somebody listens, publishes how it ended and how long it took.
 *
 * @param run starts the operation, and lets what it is given follow it.
 * @param sequel what follows, which is not part of what is measured.
 */
export function timed<Result>(
  { name: herd, driver }: Readonly<{ name: string; driver: string }>,
  node: Node,
  run: (sequel?: Sequel<Result>) => Promise<Result>,
  sequel?: Sequel<Result>,
): Promise<Result> {
  if (!operationsAreWatched()) return run(sequel);
  const startedAt = performance.now();
  const publish = (outcome: string): void =>
    publishOperation({ herd, driver, node, outcome, tookMs: performance.now() - startedAt });
  const running = run();
  running.then(
    () => publish('ok'),
    (error: unknown) => publish(codeOf(error) ?? 'OTHER'),
  );
  return sequel ? running.then(sequel.done, sequel.failed) : running;
}
