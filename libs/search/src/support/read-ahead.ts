/**
 * Takes the next value of a source while its reader is busy with the one before: the waits of both fall together, and one
 * more value is in memory.
 */
export async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const values = source[Symbol.asyncIterator]();
  const take = (): Promise<IteratorResult<T>> => {
    const taken = values.next();
    // A caller that stops does not wait for it; its failure is thrown when the caller comes to that value.
    taken.catch(() => undefined);
    return taken;
  };
  try {
    for (let next = take(); ;) {
      const taken = await next;
      if (taken.done) return;
      next = take();
      yield taken.value;
    }
  } finally {
    await values.return?.();
  }
}
