import { slotCount } from './key-slot.js';

/** Where a server is. */
export type Address = Readonly<{ host: string; port: number }>;

/** A server of a cluster; `id` is its own, and stays when it becomes primary or replica. */
export type Member = Address & Readonly<{ id: string }>;

/** A primary, its replicas, and the slots that it serves, each range with both its ends. */
export type ShardView = Readonly<{
  primary: Member;
  replicas: readonly Member[];
  ranges: readonly (readonly [first: number, last: number])[];
}>;

/**
 * Reads the reply to CLUSTER SLOTS.
 *
 * @param asked the address that gave it: a server leaves out its own address where it has none.
 * @throws Error for what is no such reply.
 */
export function readSlots(reply: unknown, asked: Address): readonly ShardView[] {
  const shards = new Map<string, { primary: Member; replicas: readonly Member[]; ranges: [number, number][] }>();
  for (const row of listOf(reply)) {
    const [first, last, ...members] = listOf(row);
    const isRange = [first, last].every(
      (slot) => Number.isInteger(slot) && Number(slot) >= 0 && Number(slot) < slotCount,
    );
    if (!isRange || members.length === 0) throw new Error(`CLUSTER SLOTS gave the row ${JSON.stringify(row)}`);
    const [primary, ...replicas] = members.map((member) => readMember(member, asked));
    const shard = shards.get(primary!.id) ?? { primary: primary!, replicas, ranges: [] };
    shard.ranges.push([Number(first), Number(last)]);
    shards.set(primary!.id, shard);
  }
  if (shards.size === 0) throw new Error('CLUSTER SLOTS gave no slots: the cluster was not created yet');
  return [...shards.values()];
}

/** The same text for the same owners of the same slots: views of several servers are compared by it. */
export const ownersText = (view: readonly ShardView[]): string =>
  view
    .flatMap(({ primary, ranges }) =>
      ranges.map(([first, last]) => `${String(first).padStart(5, '0')}-${last} ${primary.id}`),
    )
    .sort()
    .join('\n');

function readMember(member: unknown, asked: Address): Member {
  const [host, port, id] = listOf(member);
  const isKnown = typeof host === 'string' && host !== '' && host !== '?';
  if (!Number.isInteger(port)) throw new Error(`CLUSTER SLOTS gave the server ${JSON.stringify(member)}`);
  const known = { host: isKnown ? host : asked.host, port: Number(port) };
  return { ...known, id: typeof id === 'string' && id !== '' ? id : `${known.host}:${known.port}` };
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`CLUSTER SLOTS gave ${JSON.stringify(value)}`);
}
