import type { Change } from '../contracts/invalidation-bus.js';
import type { Entry, Unleased } from './entry.js';
import type { Prefix } from './stored-entries.js';

/** So many keys and tags are remembered at least, those changed last; twice as many at most. */
const namesPerGeneration = 10_000;

/** A prefix, and the set of nodes by which it was routed; `nowhere` where none could be read. */
type Where = Pick<Prefix, 'parts' | 'route'> | 'nowhere';

/** `seen`: how many changes there were with this one. `where` it was carried out is absent for others' changes. */
type Note = Readonly<{ seen: number; where: Where | undefined }>;

export type Changed = Readonly<{ kind: 'key' | 'tag'; name: string }>;

/**
 * What was changed last in a namespace, as this process has seen it. Processes may see different prefixes for a while, and different
 * nodes: what another has stored there meanwhile is not to be read here, as it can be older.
 */
export class RecentChanges {
  private present = new Map<string, Note>();
  private past: ReadonlyMap<string, Note> = new Map();
  private seen = 0;

  /** @param origin names this process. */
  constructor(private readonly origin: string) {}

  /** How what is loaded from now on is marked, where it is stored without a lease. */
  get mark(): Unleased {
    return { by: this.origin, seen: this.seen };
  }

  /** Something changed, here or elsewhere. */
  note(change: Change): void {
    this.seen++;
    if (change.kind === 'all') return;
    const [kind, names] = change.kind === 'keys' ? (['key', change.keys] as const) : (['tag', change.tags] as const);
    for (const name of names) this.write({ kind, name }, this.of({ kind, name })?.where);
  }

  /** A change of this process is carried out under `prefix`. */
  carriedOut(changed: Changed, prefix: Prefix | undefined): void {
    this.write(changed, prefix ? { parts: prefix.parts, route: prefix.route } : 'nowhere');
  }

  /**
   * Whether this process changed it, but not under `prefix`, which other nodes may have had before that change. One that the
   * same node has had since is of a later `clear()`, or begun later: nothing there is older.
   *
   * @param standIns whether a prefix may come from a node that stands in.
   */
  isOpen(changed: Changed, { parts, route }: Prefix, standIns: boolean): boolean {
    const where = this.of(changed)?.where;
    if (where === undefined || where === 'nowhere') return where === 'nowhere';
    return where.parts.at(-1) !== parts.at(-1) && (standIns || where.route !== route);
  }

  /** Whether `entry` is surely no older than the changes of its key and tags that were seen here. */
  allows(key: string, { unleased, tags = {} }: Entry): boolean {
    if (unleased === undefined) return true;
    const names: Changed[] = [{ kind: 'key', name: key }];
    for (const name of Object.keys(tags)) names.push({ kind: 'tag', name });
    return names.every((one) => {
      const note = this.of(one);
      return note === undefined || (unleased.by === this.origin && unleased.seen >= note.seen);
    });
  }

  private of({ kind, name }: Changed): Note | undefined {
    if (this.present.size === 0 && this.past.size === 0) return undefined;
    const id = `${kind}:${name}`;
    return this.present.get(id) ?? this.past.get(id);
  }

  private write({ kind, name }: Changed, where: Where | undefined): void {
    const id = `${kind}:${name}`;
    if (this.present.size >= namesPerGeneration && !this.present.has(id)) {
      this.past = this.present;
      this.present = new Map();
    }
    this.present.set(id, { seen: this.seen, where });
  }
}
