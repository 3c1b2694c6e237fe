/**
 * Calls `late` after `ms`, but not before the event loop has read what had arrived by then: a process that was busy for
 * longer than the deadline must not blame its node. Where a timer comes late by more than a tenth of `ms`, the process was busy for
 * so long, and that time is given anew, as an exchange of several messages needs the event loop for each: twice `ms` at most.
 *
 * @returns a function that cancels it.
 */
export function afterDeadline(ms: number, late: () => void): () => void {
  let cancel: () => void;
  let sparedMs = 2 * ms;
  const wait = (waitMs: number): void => {
    const due = performance.now() + waitMs;
    cancel = afterTimer(waitMs, () => {
      const busyMs = Math.min(performance.now() - due, ms, sparedMs);
      if (busyMs <= ms * busyShare) return late();
      sparedMs -= busyMs;
      wait(busyMs);
    });
  };
  wait(ms);
  return () => cancel();
}

const busyShare = 0.1;

function afterTimer(ms: number, call: () => void): () => void {
  let lastTurn: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => (lastTurn = setImmediate(call)), ms);
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
