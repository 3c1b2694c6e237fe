/** Keys of one batch; the answers to one are awaited before the next is sent. */
const keysPerBatch = 1000;

/** Asks for some of `keys` after the other. */
export async function inBatches(
  keys: readonly string[],
  ask: (part: readonly string[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < keys.length; from += keysPerBatch) await ask(keys.slice(from, from + keysPerBatch));
}
