import type { Discovered, Discovery } from '../../../contracts/discovery.js';
import type { Node } from '../../../contracts/node.js';
import type { Primaries } from './primaries.js';

/** Each group of a primary and its replicas is a node; its address is that of the first primary that was found. */
export class SentinelDiscovery implements Discovery {
  readonly name = 'redisSentinel';
  private readonly found = new Map<string, Node>();

  constructor(
    private readonly names: readonly string[],
    private readonly primaries: Primaries,
    /** Hears where each primary is now. */
    private readonly onPrimary: (name: string, address: Readonly<{ host: string; port: number }>) => void,
  ) {}

  async nodes(): Promise<Discovered> {
    const nodes = await Promise.all(
      this.names.map(async (name) => {
        const known = this.found.get(name);
        const located = await this.primaries.locate(name).catch((error: unknown) => {
          // A group that is being failed over is still there.
          if (known) return undefined;
          throw error;
        });
        if (located) this.onPrimary(name, located);
        const node = known ?? { id: name, ...located! };
        this.found.set(name, node);
        return node;
      }),
    );
    return { nodes };
  }
}
