/** The open watches of one discovery, so that its `close` can end those that its user has not. */
export class WatchSet {
  private readonly open = new Set<() => void>();

  /** @returns `end`, which the set forgets once it is called. */
  add(end: () => void): () => void {
    const stop = (): void => {
      end();
      this.open.delete(stop);
    };
    this.open.add(stop);
    return stop;
  }

  readonly close = (): Promise<void> => {
    for (const stop of this.open) stop();
    return Promise.resolve();
  };
}
