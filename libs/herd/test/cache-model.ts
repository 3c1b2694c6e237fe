import { HerdNodeError } from '@rookery/herd';
import type { CacheCommands, InvalidationBus, NamespaceOptions } from '@rookery/herd';

import { jsonCodec } from '../src/codec/json.codec.js';
import type { CacheSource } from '../src/cache/cache-source.js';
import { Coherence } from '../src/cache/coherence.js';
import { HerdNamespace } from '../src/cache/herd-namespace.js';

/** What one node has. */
export type Kept = Map<string, Readonly<{ json: string; version: string }>>;

/** Called before a request reaches its node, and before its answer reaches the caller. */
export type Step = (what: string) => Promise<void>;

/** The nodes as one process sees them: for each request anew, the owner of all keys may be away, and another stand in. */
export class View {
  /** Keys whose value on a node is deleted before it is used: the node missed a write of this process. */
  private readonly doubts = new Map<Kept, Set<string>>();
  private readonly stoodIn = new Set<string>();

  constructor(
    public owner: Kept,
    readonly standIn: Kept | undefined = undefined,
    public isAway: () => boolean = () => false,
  ) {}

  wrote(key: string, node: Kept | undefined): void {
    if (node !== this.owner) this.doubt(this.owner, key);
    if (node === this.standIn) this.stoodIn.add(key);
    else if (this.standIn && this.stoodIn.delete(key)) this.doubt(this.standIn, key);
  }

  /** `node` as it is to be used for `key`. */
  settled(node: Kept, key: string): Kept {
    if (this.doubts.get(node)?.delete(key)) node.delete(key);
    return node;
  }

  /** The nodes answer again: what they missed is deleted there. */
  recover(): void {
    for (const [node, keys] of this.doubts) for (const key of keys) node.delete(key);
    this.doubts.clear();
  }

  private doubt(node: Kept, key: string): void {
    const known = this.doubts.get(node) ?? new Set();
    this.doubts.set(node, known.add(key));
  }
}

let versions = 0;

type Policy = 'miss' | 'next' | 'error';

/** The commands of a herd over nodes in memory, each request and answer a step of its own. */
function modelledCommands(view: View, policy: Policy, step: Step): CacheCommands {
  const at = async <Result>(
    [verb, key]: readonly [string, string],
    run: (node: Kept) => Result,
    missing: Result,
  ): Promise<Result> => {
    const node = !view.isAway()
      ? view.owner
      : policy === 'next' && !/^(gets|cas)$/.test(verb)
        ? view.standIn
        : undefined;
    await step(`${verb} ${key}`);
    if (!node && policy === 'error') throw new HerdNodeError({ what: 'The node is away', remedy: 'wait' });
    const result = node ? run(view.settled(node, key)) : missing;
    if (/^(set|add|delete)$/.test(verb) && (node || policy !== 'error')) view.wrote(key, node);
    await step(`answer to ${verb} ${key}`);
    return result;
  };
  const put = (node: Kept, key: string, value: unknown): true => {
    node.set(key, { json: JSON.stringify(value), version: String(++versions) });
    return true;
  };
  const valueOf = <Value>(node: Kept, key: string): Value | undefined => {
    const found = node.get(key);
    return found && (JSON.parse(found.json) as Value);
  };
  const get = <Value>(key: string) => at<Value | undefined>(['get', key], (node) => valueOf(node, key), undefined);
  return {
    get,
    getMany: async <Value>(keys: readonly string[]) => {
      const found = await Promise.all(keys.map(async (key) => [key, await get<Value>(key)] as const));
      return new Map(found.filter((one): one is readonly [string, Awaited<Value>] => one[1] !== undefined));
    },
    set: (key, value) => at(['set', key], (node) => put(node, key, value), false),
    add: (key, value) => at(['add', key], (node) => !node.has(key) && put(node, key, value), false),
    delete: (key) => at(['delete', key], (node) => node.delete(key), false),
    gets: <Value>(key: string) =>
      at(
        ['gets', key],
        (node) => {
          const found = node.get(key);
          return found && { value: JSON.parse(found.json) as Value, cas: found.version };
        },
        undefined,
      ),
    cas: (key, value, token) =>
      at(
        ['cas', key],
        (node) => {
          const present = node.get(key);
          if (present?.version !== token) return present ? 'exists' : 'missing';
          put(node, key, value);
          return 'stored';
        },
        'missing',
      ),
  };
}

/** A namespace of one process. `route` tells the sets of nodes apart that it has seen. */
export function modelledNamespace(
  view: View,
  policy: 'miss' | 'next',
  step: Step,
  options: NamespaceOptions,
  { bus, route = () => 0, now = () => 0 }: { bus?: InvalidationBus; route?: () => number; now?: () => number } = {},
): HerdNamespace {
  const commands = modelledCommands(view, policy, step);
  const source: CacheSource = {
    herd: 'modelled',
    codec: jsonCodec,
    coherence: new Coherence('modelled', bus, now),
    commands,
    strict: modelledCommands(view, 'error', step),
    owners: modelledCommands(view, 'miss', step),
    standInLifeMs: policy === 'next' ? 2000 : undefined,
    leases: () => undefined,
    nodeFor: () => undefined,
    route,
    leastTtlMs: 1,
    ttlOf: (lifeMs) => (lifeMs === Infinity ? 'never' : lifeMs),
    now,
    random: () => 0.5,
  };
  return new HerdNamespace(source, 'n', { beta: 0, waitMs: 0, ...options });
}
