/** What a page of keys became: more operations than keys where documents go to several indices or shards. */
export interface Paged {
  readonly keys: number;
  readonly operations: number;
}

/** Counts keys by the operations that were done of them: a page counts once all before it and its own are done. */
export function pageMeter(onKeys: (done: number) => void = () => undefined): {
  readonly add: (page: Paged) => void;
  /** @param done operations so far */
  readonly written: (done: number) => void;
} {
  const waiting: Paged[] = [];
  let [keys, operations] = [0, 0];
  return {
    add: (page) => void waiting.push(page),
    written: (done) => {
      for (let next = waiting[0]; next && operations + next.operations <= done; next = waiting[0]) {
        waiting.shift();
        [keys, operations] = [keys + next.keys, operations + next.operations];
      }
      onKeys(keys);
    },
  };
}
