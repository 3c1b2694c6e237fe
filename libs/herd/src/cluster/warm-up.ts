import type { Held } from '../contracts/driver.js';
import type { NodePool } from '../pool/node-pool.js';
import { leftUntil } from './dispatch-rules.js';
import type { CallTime } from './dispatch-rules.js';
import type { Fleet } from './fleet.js';

/**
 * Copies what a key's former owner has to the node that owns it now. A write deletes the key at its former owner first, and then
 * writes: so a value that is still there after it was copied was not written anew before that; else the copy is deleted, unless the
 * new node has another value by then.
 */
export class WarmUp<Client> {
  constructor(private readonly fleet: Fleet<Client>) {}

  mayHave(key: string, owner: NodePool<Client>): boolean {
    return this.fleet.warmSource(key, owner.node.id) !== undefined;
  }

  /** @returns whether `owner` has a value of `key` now. Never rejects: without a copy the key is missed, as before. */
  async copy(key: string, owner: NodePool<Client>, { until, wholeMs }: CallTime): Promise<boolean> {
    const { copies } = this.fleet;
    const source = this.fleet.warmSource(key, owner.node.id);
    if (!copies || !source) return false;
    const read = () => source.use((client) => copies.read(client, key), leftUntil(until), [key], 'read', wholeMs);
    try {
      const held = await read();
      if (!held || !source.trusts(key)) return false;
      const add = (client: Client) => copies.add(client, key, held);
      const stored = await owner.use(add, leftUntil(until), [key], 'bound', wholeMs);
      if (!stored) return true;
      const after = await read().catch(() => undefined);
      if (after?.version === held.version && source.trusts(key)) return true;
      const present = await owner.use((client) => copies.read(client, key), leftUntil(until), [key], 'read', wholeMs);
      // Written since, so no copy any more.
      if (present && !isSame(present, held)) return true;
      owner.doubt([key], false);
      return false;
    } catch {
      owner.doubt([key], true);
      return false;
    }
  }

  /** @returns those of `keys` of which `owner` has a value now. */
  async copyAll(keys: readonly string[], owner: NodePool<Client>, time: CallTime): Promise<readonly string[]> {
    const moved = keys.filter((key) => this.mayHave(key, owner));
    const copied = await Promise.all(moved.map((key) => this.copy(key, owner, time)));
    return moved.filter((_, i) => copied[i]);
  }
}

const isSame = ({ encoded: one }: Held, { encoded: other }: Held): boolean =>
  one.flags === other.flags && one.bytes.equals(other.bytes);
