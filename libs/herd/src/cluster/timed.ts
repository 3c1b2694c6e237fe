import type { Node } from '../contracts/node.js';
import { codeOf } from '../support/operation-failure.js';
import { operationsAreWatched, publishOperation } from './publish.js';

/** Runs an operation on a node; when somebody listens, publishes how it ended and how long it took. */
export function timed<Result>(
  { name: herd, driver }: Readonly<{ name: string; driver: string }>,
  node: Node,
  run: () => Promise<Result>,
): Promise<Result> {
  if (!operationsAreWatched()) return run();
  const startedAt = performance.now();
  const publish = (outcome: string): void =>
    publishOperation({ herd, driver, node, outcome, tookMs: performance.now() - startedAt });
  const running = run();
  running.then(
    () => publish('ok'),
    (error: unknown) => publish(codeOf(error) ?? 'OTHER'),
  );
  return running;
}
