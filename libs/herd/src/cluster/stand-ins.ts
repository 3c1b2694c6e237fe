/** Keys whose stand-ins are remembered. */
const maxKeys = 10_000;

/** Which nodes stood in for a write to a key: their value is old once the key is written elsewhere. Bounded. */
export class StandIns {
  private readonly nodes = new Map<string, Set<string>>();

  /** @param forgotten called for a key that is no longer remembered: its value there must not be read. */
  constructor(private readonly forgotten: (key: string, node: string) => void) {}

  note(key: string, node: string): void {
    const known = this.nodes.get(key);
    if (known) known.add(node);
    else this.nodes.set(key, new Set([node]));
    if (this.nodes.size <= maxKeys) return;
    const [oldest] = this.nodes.keys();
    this.taken(oldest!).forEach((id) => this.forgotten(oldest!, id));
  }

  /** @returns the nodes that stood in for `key`, which is not remembered any longer. */
  taken(key: string): readonly string[] {
    if (this.nodes.size === 0) return none;
    const ids = this.nodes.get(key);
    if (!ids) return none;
    this.nodes.delete(key);
    return [...ids];
  }
}

const none: readonly string[] = [];
