import type { NodeClient } from './node-client.js';

/** The clients of each node that are open: one for each herd that is made of the same parts. */
export class OpenClients {
  private readonly byId = new Map<string, Set<NodeClient>>();

  get none(): boolean {
    return this.byId.size === 0;
  }

  add(client: NodeClient): void {
    const { id } = client.node;
    const own = this.byId.get(id);
    if (own) own.add(client);
    else this.byId.set(id, new Set([client]));
  }

  delete(client: NodeClient): void {
    const { id } = client.node;
    const own = this.byId.get(id);
    own?.delete(client);
    if (own?.size === 0) this.byId.delete(id);
  }

  of(id: string): ReadonlySet<NodeClient> {
    return this.byId.get(id) ?? nobody;
  }
}

const nobody: ReadonlySet<NodeClient> = new Set();
