import { Embeddable, Embedded, Entity, Formula, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, searchEntities, SearchField, type EntityClass, type SearchOptions } from '@rookery/search';
import { describeWith } from '@rookery/services';
import { startSearch, type Running } from '../harness.js';

@Embeddable()
class Point {
  @SearchField() @Property({ type: 'double' }) lat!: number;
  @SearchField() @Property({ type: 'double' }) lon!: number;
  @Property({ type: 'string', nullable: true }) label?: string;
}

@Embeddable()
class Account {
  @Property({ type: 'string' }) name!: string;
  @Property({ type: 'string', hidden: true }) passwordHash!: string;
}

/** Shows nothing of what it holds. */
class Sealed {
  readonly #cents = 1250;
  get cents(): number {
    return this.#cents;
  }
}

const holdingItself = (): object => {
  const loop: { inner?: object } = {};
  return Object.assign(loop, { inner: loop });
};

/** What the getter of a row gives, by the row's `state`. */
const GIVEN: Readonly<Record<string, () => unknown>> = {
  good: () => ({ count: 9007199254740993n, by: new Map([['a', new Set([1])]]), at: new Date(0) }),
  throwing: () => {
    throw new Error('no relation here');
  },
  late: () => Promise.resolve('later'),
  sealed: () => new Sealed(),
  'not a number': () => ({ deep: [NaN] }),
  circular: holdingItself,
  'keyed by objects': () => new Map([[{}, 1]]),
  'of a class that hides it': () => /rook/,
  'no object': () => null,
  last: () => null,
};

@Entity()
@Indexed()
class Odd {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) state!: string;
  @SearchField({ type: 'geo_point' }) @Embedded(() => Point) at!: Point;
  @SearchField() @Embedded(() => Account) account!: Account;
  @SearchField() @Embedded(() => Account, { object: true }) kept!: Account;
  @SearchField() @Formula((columns: { id: string }) => `${columns.id} * 2`, { type: 'integer' }) doubled?: number;
  @SearchField({ type: 'keyword' })
  @Property({
    type: 'text',
    nullable: true,
    generated: (columns: Record<string, string>) => `(${columns['state']} || '!') stored`,
  })
  loud?: string;
  @SearchField({ type: 'flat_object' }) get computed(): unknown {
    return GIVEN[this.state]!();
  }
  @SearchField({ type: 'object', properties: { initial: { type: 'keyword' } } }) get summary(): object | string {
    return this.state === 'no object' ? 'text' : { initial: this.state[0], rest: this.state.slice(1) };
  }
  @SearchField({ type: 'integer_range' })
  @Property({ type: 'string', columnType: 'text', nullable: true })
  text?: string;
}

const STRATEGIES: Readonly<Record<string, Partial<SearchOptions>>> = {
  'after-commit': {},
  outbox: { sync: 'outbox', relay: { maxAttempts: 1, pollMs: 20 } },
};
const states = Object.keys(GIVEN);

function followedBy(options: Partial<SearchOptions>): () => void {
  return () => {
    let running: Running;
    beforeAll(async () => {
      running = await startSearch(options, [Point, Account, Odd, ...(searchEntities as unknown as EntityClass[])]);
      const em = running.orm.em.fork();
      for (const [id, state] of states.entries())
        em.create(Odd, {
          id,
          state,
          at: { lat: 38.9, lon: -77, label: 'here' },
          account: { name: 'Ada', passwordHash: 'secret' },
          kept: { name: 'Ada', passwordHash: 'secret' },
        } as never);
      await em.flush();
      await running.search.settled();
    }, 30_000);
    afterAll(() => running.stop(), 30_000);

    it('is written as each says', async () => {
      expect((await running.search.repository(Odd).get(0))?.source).toEqual({
        state: 'good',
        at: { lat: 38.9, lon: -77 },
        account: { name: 'Ada' },
        kept: { name: 'Ada' },
        doubled: 0,
        loud: 'good!',
        computed: { count: '9007199254740993', by: { a: [1] }, at: '1970-01-01T00:00:00.000Z' },
        summary: { initial: 'g' },
        text: null,
      });
    });

    it('is found by the place that an embeddable is', async () => {
      const query = { geo_distance: { distance: '1km', at: { lat: 38.9, lon: -77 } } };
      const page = await running.search.repository(Odd).query().raw({ query }).search();
      expect(page.total).toBe(2);
    });

    it.each([
      ['throwing', '`computed` must be readable', 'Error: no relation here'],
      ['late', '`computed` must be there already, and is a promise: load it in `preload`', '{}'],
      ['sealed', '`computed` must be data, and this Sealed shows none: give it a `toJSON()`', '{}'],
      ['not a number', '`computed` must be a finite number', 'NaN'],
      ['circular', '`computed` must not hold itself', '[object Object]'],
      ['keyed by objects', '`computed` must be a Map whose keys are texts or numbers', '{}'],
      ['of a class that hides it', '`computed` must be data, and this RegExp shows none', '{}'],
      ['no object', '`summary` must be an object, or a list of objects', "'text'"],
    ])('%s: its row is set aside by name', (state, problem, received) => {
      const refused = running.events.flatMap((event) => (event.type === 'documents-refused' ? event.failures : []));
      const id = String(states.indexOf(state));
      const own = refused.filter((failure) => failure.id === id);
      expect(own).toHaveLength(1);
      expect(own[0]!.reason).toContain(problem);
      expect(own[0]!.reason).toContain(`(got ${received})`);
    });

    it('leaves every other row in the index', async () => {
      expect((await running.search.repository(Odd).get(states.length - 1))?.source.state).toBe('last');
      expect(await running.search.repository(Odd).query().search()).toMatchObject({ total: 2 });
    });
  };
}

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'values that are computed, hidden or unfit', () => {
    for (const [strategy, options] of Object.entries(STRATEGIES)) describe(`by ${strategy}`, followedBy(options));
  }),
);
