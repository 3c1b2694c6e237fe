import { ClusterMap } from './cluster-map.js';
import { keySlot } from './key-slot.js';
import { slotRouter } from './slot-router.js';
import { ownersText, readSlots } from './slot-view.js';
import type { ShardView } from './slot-view.js';

const at = (port: number) => ({ id: `id-${port}`, host: 'h', port });
const shard = (primary: number, replica: number, ...ranges: [number, number][]): ShardView => ({
  primary: at(primary),
  replicas: [at(replica)],
  ranges,
});
const mapOf = (...view: ShardView[]) => {
  const map = new ClusterMap();
  map.follow(view);
  return map;
};

describe('the map of a cluster', () => {
  it('keeps the id and address of a shard through a failover', () => {
    const map = mapOf(shard(1, 4, [0, 8000]), shard(2, 5, [8001, 16383]));
    map.follow([shard(4, 1, [0, 8000]), shard(2, 5, [8001, 16383])]);
    expect(map.nodes()).toEqual([{ ...at(1) }, { ...at(2) }]);
    expect(map.primaryOf('id-1')).toMatchObject({ port: 4 });
    map.follow([shard(1, 4, [0, 8000]), shard(2, 5, [8001, 16383])]);
    expect(map.primaryOf('id-1')).toMatchObject({ port: 1 });
  });

  it('gives a shard its present address where another has its first', () => {
    const map = mapOf(shard(1, 4, [0, 8000]), shard(2, 5, [8001, 16383]));
    map.follow([shard(4, 9, [0, 8000]), shard(2, 5, [8001, 16000]), shard(1, 8, [16001, 16383])]);
    const nodes = map.nodes();
    for (const part of ['id', 'port'] as const) expect(new Set(nodes.map((node) => node[part])).size).toBe(3);
  });

  it('follows a redirection, to a replica that took over too, and ignores one to nobody', () => {
    const map = mapOf(shard(1, 4, [0, 8000]), shard(2, 5, [8001, 16383]));
    map.learn(7, { host: 'h', port: 5 });
    expect([map.ownerOf(7), map.primaryOf('id-2')]).toMatchObject(['id-2', { port: 5 }]);
    map.learn(8, { host: 'h', port: 99 });
    expect(map.ownerOf(8)).toBe('id-1');
  });

  it('keeps the owner of a slot that nobody serves, and finds spare keys for each shard', () => {
    const map = mapOf(shard(1, 4, [0, 8000]), shard(2, 5, [8001, 16383]));
    map.follow([shard(1, 4, [0, 8000]), shard(2, 5, [8001, 16000])]);
    expect(map.ownerOf(16383)).toBe('id-2');
    for (const id of ['id-1', 'id-2']) {
      expect(map.ownerOf(keySlot(map.spareKey(id)))).toBe(id);
      const key = map.spareKey(id, 'app:user:7:probe');
      expect([key.startsWith('app:user:7:probe:'), map.ownerOf(keySlot(key))]).toEqual([true, id]);
    }
    expect(map.ownerOf(keySlot('{foo}'))).toBe('id-2');
    expect(map.spareKey('id-2', '{foo}:probe')).toBe('{foo}:probe:0');
    expect(map.ownerOf(keySlot(map.spareKey('id-1', '{foo}:probe')))).toBe('id-1');
  });
});

describe('the router of slots', () => {
  it('follows slots between its nodes, and queries the old owner for those that move to a new one', () => {
    const map = mapOf(shard(1, 4, [0, 8000]), shard(2, 5, [8001, 16383]));
    const table = slotRouter(map).build(map.nodes());
    expect([table.nodeFor('foo')?.id, table.nodesFor('foo', 5).length]).toEqual(['id-2', 1]);
    map.learn(keySlot('foo'), { host: 'h', port: 1 });
    expect(table.nodeFor('foo')?.id).toBe('id-1');
    map.follow([shard(1, 4, [0, 8000]), shard(2, 5, [8001, 12000]), shard(3, 6, [12001, 16383])]);
    expect(table.nodeFor('foo')?.id).toBe('id-2');
    expect(slotRouter(map).build(map.nodes()).nodeFor('foo')?.id).toBe('id-3');
    expect(slotRouter(map).build([]).nodeFor('foo')).toBe(undefined);
  });
});

describe('a reply to CLUSTER SLOTS', () => {
  const rows = [
    [5461, 10922, ['', 7001, 'b'], ['h', 7004, 'e']],
    [0, 5460, ['h', 7000, 'a']],
    [10923, 16383, [null, 7001, 'b'], ['h', 7004, 'e']],
  ];
  it('is read by shard; a server that leaves out its address is where it was asked', () => {
    const view = readSlots(rows, { host: 'asked', port: 1 });
    expect(view).toEqual([
      {
        primary: { id: 'b', host: 'asked', port: 7001 },
        replicas: [{ id: 'e', host: 'h', port: 7004 }],
        ranges: [
          [5461, 10922],
          [10923, 16383],
        ],
      },
      { primary: { id: 'a', host: 'h', port: 7000 }, replicas: [], ranges: [[0, 5460]] },
    ]);
    expect(ownersText(view)).toBe(ownersText(readSlots([...rows].reverse(), { host: 'other', port: 2 })));
  });

  it.each([[[]], ['OK'], [[[0]]], [[[0, 99999, ['h', 1, 'a']]]], [[[0, 1, ['h', 'x', 'a']]]], [[5]]])(
    '%j is none',
    (reply) => expect(() => readSlots(reply, { host: 'h', port: 1 })).toThrow('CLUSTER SLOTS gave'),
  );
});
