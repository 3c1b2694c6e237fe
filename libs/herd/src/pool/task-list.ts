/** What stands in a {@link TaskList}; its links are the list's own. */
export class Listed<Item> {
  before: Item | undefined;
  after: Item | undefined;
  list: object | undefined;
}

/**
 * Items in the order in which they were added, each removed in one step. It leaves no garbage, where a `Set` leaves old tables
 * that keep all they held alive for long.
 */
export class TaskList<Item extends Listed<Item>> {
  first: Item | undefined;
  size = 0;
  private last: Item | undefined;

  add(item: Item): void {
    item.list = this;
    item.before = this.last;
    if (this.last) this.last.after = item;
    else this.first = item;
    this.last = item;
    this.size++;
  }

  /** @returns false for what is not in this list. */
  remove(item: Item): boolean {
    if (item.list !== this) return false;
    const { before, after } = item;
    if (before) before.after = after;
    else this.first = after;
    if (after) after.before = before;
    else this.last = before;
    item.list = item.before = item.after = undefined;
    this.size--;
    return true;
  }

  /** Removes those for which `chosen` returns true. @returns them, in order. */
  take(chosen: (item: Item) => boolean): readonly Item[] {
    const taken: Item[] = [];
    for (let item = this.first; item;) {
      const { after }: Item = item;
      if (chosen(item) && this.remove(item)) taken.push(item);
      item = after;
    }
    return taken;
  }
}
