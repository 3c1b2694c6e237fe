import type { Health } from '../contracts/pool.js';
import type { Topology } from '../contracts/topology.js';
import { changes } from './topology-log.js';

const up: Health = { state: 'up', failures: 0 };
const gone: Health = { state: 'down', since: 0, reason: 'refused', probes: 0 };
const stats = { inFlight: 0, queued: 0, operations: 0, failures: 0, timeouts: 0 };
const picture = (nodes: Record<string, Health>, refused?: string): Topology => ({
  version: 1,
  nodes: Object.entries(nodes).map(([id, health]) => ({ node: { id, host: id, port: 1 }, health, stats })),
  discovery: refused === undefined ? { state: 'accepted', at: 0 } : { state: 'rejected', at: 0, reason: refused },
});
const texts = (before: Topology | undefined, after: Topology) =>
  changes(before, after).map(({ level, text }) => `${level}: ${text}`);

describe('what is logged of a herd', () => {
  it('logs nothing of a good start', () => expect(texts(undefined, picture({ a: up, b: up }))).toEqual([]));
  it('names what is down at the start', () =>
    expect(texts(undefined, picture({ a: up, b: gone }))).toEqual(['warn: Node b is down: refused']));
  it('logs once that a node is down, and once that it is back', () => {
    expect(texts(picture({ a: up }), picture({ a: gone }))).toEqual(['warn: Node a is down: refused']);
    expect(texts(picture({ a: gone }), picture({ a: gone }))).toEqual([]);
    expect(texts(picture({ a: gone }), picture({ a: up }))).toEqual(['log: Node a is up again']);
  });
  it('names what refuses', () => {
    const full: Health = { state: 'refusing', since: 0, reason: 'OOM', failures: 0 };
    expect(texts(picture({ a: up }), picture({ a: full }))).toEqual(['warn: Node a is refusing: OOM']);
    expect(texts(picture({ a: full }), picture({ a: gone }))).toEqual(['warn: Node a is down: refused']);
    expect(texts(picture({ a: full }), picture({ a: up }))).toEqual(['log: Node a is up again']);
  });
  it('names who joins and leaves', () =>
    expect(texts(picture({ a: up }), picture({ b: up }))).toEqual(['log: Node b has joined', 'log: Node a has left']));
  it('logs once that discovery is not followed', () => {
    expect(texts(picture({ a: up }), picture({ a: up }, 'it found no nodes'))).toHaveLength(1);
    expect(texts(picture({ a: up }, 'x'), picture({ a: up }, 'x'))).toEqual([]);
  });
});
