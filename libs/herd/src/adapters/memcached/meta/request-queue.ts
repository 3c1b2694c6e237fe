/** What stands in a {@link RequestQueue}; the link is the queue's own. */
export interface Queued<Item> {
  after: Item | undefined;
}

/** First in, first out, each item in one queue at a time. Its links are in the items: it makes nothing. */
export class RequestQueue<Item extends Queued<Item>> {
  first: Item | undefined;
  size = 0;
  private last: Item | undefined;

  push(item: Item): void {
    if (this.last) this.last.after = item;
    else this.first = item;
    this.last = item;
    this.size++;
  }

  shift(): Item | undefined {
    const { first } = this;
    if (!first) return undefined;
    this.first = first.after;
    if (!this.first) this.last = undefined;
    first.after = undefined;
    this.size--;
    return first;
  }
}
