import type { Doubts } from '../pool/doubts.js';

/** Nodes that left, whose doubts are kept for their return. */
const maxDeparted = 256;

/** The doubts of each node by its id: of those in use, and of those that left last. */
export class NodeDoubts {
  /** Those that left, in the order in which they did, and among them those in use. */
  private readonly byId = new Map<string, Doubts>();
  private inUse: ReadonlySet<string> = new Set();

  constructor(private readonly make: () => Doubts) {}

  of(id: string): Doubts {
    const known = this.byId.get(id);
    if (known) return known;
    const doubts = this.make();
    this.byId.set(id, doubts);
    return doubts;
  }

  /** The nodes in use are `ids` from now on. */
  follow(ids: ReadonlySet<string>): void {
    for (const id of this.inUse) if (!ids.has(id)) this.putLast(id);
    this.inUse = ids;
    const departed = [...this.byId.keys()].filter((id) => !ids.has(id));
    for (const id of departed.slice(0, Math.max(0, departed.length - maxDeparted))) this.byId.delete(id);
  }

  private putLast(id: string): void {
    const doubts = this.of(id);
    this.byId.delete(id);
    this.byId.set(id, doubts);
  }
}
