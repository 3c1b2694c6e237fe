/**
 * Calls `late` after `ms`, but not before the event loop has read what had arrived by then: a process that was busy for
 * longer than the deadline must not blame its node.
 *
 * @returns a function that cancels it.
 */
function afterDeadline(ms: number, late: () => void): () => void {
  let lastTurn: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => (lastTurn = setImmediate(late)), ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(lastTurn);
  };
}

/** Settles like `work`, or rejects with `late()` after `ms`. */
export function withDeadline<Result>(work: Promise<Result>, ms: number, late: () => Error): Promise<Result> {
  return new Promise((resolve, reject) => {
    const cancel = afterDeadline(ms, () => reject(late()));
    work.then(resolve, reject).finally(cancel);
  });
}
