/** Between two connections that are made anew for a server that only reads. */
const PAUSE_MS = 200;

/**
 * @returns a function that returns whether an error calls for a new connection: the server only reads, as it is no primary any more,
 *   and its name may lead to the new one by now
 */
export function demotion(nowMs: () => number = () => performance.now()): (message: string) => boolean {
  let lastAt = -Infinity;
  return (message) => {
    if (!/^(?:ERR )?-?READONLY\b/.test(message) || nowMs() - lastAt < PAUSE_MS) return false;
    lastAt = nowMs();
    return true;
  };
}
