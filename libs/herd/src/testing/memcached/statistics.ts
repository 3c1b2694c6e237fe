import type { ItemStore } from './item-store.js';

/** The version that this node's replies were checked against. */
export const serverVersion = '1.6.18';

/** Counts since the start, under the names that memcached gives them. */
export type Counters = {
  cmd_get: number;
  cmd_set: number;
  get_hits: number;
  get_misses: number;
  curr_connections: number;
  total_connections: number;
};

export const noCounts = (): Counters => ({
  cmd_get: 0,
  cmd_set: 0,
  get_hits: 0,
  get_misses: 0,
  curr_connections: 0,
  total_connections: 0,
});

/** The rows of `stats`. */
export function statistics(store: ItemStore, counters: Counters): [name: string, value: string | number][] {
  return [
    ['pid', process.pid],
    ['uptime', Math.floor(process.uptime())],
    ['time', Math.floor(store.now() / 1000)],
    ['version', serverVersion],
    ['pointer_size', 64],
    ...Object.entries(counters),
    ['limit_maxbytes', store.maxBytes],
    ['bytes', store.bytes],
    ['curr_items', store.size],
    ['evictions', store.evictions],
  ];
}
