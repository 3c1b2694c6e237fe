import { checkNodes } from '../support/nodes.js';
import type { Discovered, Discovery } from '../contracts/discovery.js';
import { expectContract } from './contract-check.js';
import type { ContractCheck } from './contract-check.js';
import { aFunction, checkHarness, checkMade, milliseconds } from './harness-checks.js';

/**
 * A discovery under test, with a source that the test controls. `make` gives a new one at each call, which finds at least
 * two nodes.
 */
export interface DiscoveryHarness {
  make(): Discovery | Promise<Discovery>;

  /** Makes the source answer nothing at all, neither an error, until `resume`. Without it the discovery is not tried hanging. */
  hang?(): void | Promise<void>;
  resume?(): void | Promise<void>;

  /** Makes the source hold other nodes, so that a watch has news. Needed where the discovery has `watch`. */
  change?(): void | Promise<void>;

  /** How long an answer, or news, may take. Default 5000. */
  answerMs?: number;
  /** How soon `nodes` must settle after its signal aborts. Default 500. */
  abortMs?: number;
}

/**
 * What every {@link Discovery} promises, as checks for any test runner.
 *
 * @throws HerdOptionError for a harness that is none; a check rejects with it for a `make()` that is none.
 * @example for (const check of discoveryContract({ make: () => callbackNodes(listCaches) })) it(check.name, check.run);
 */
export function discoveryContract(harness: DiscoveryHarness): readonly ContractCheck[] {
  checkHarness(
    harness,
    { make: 'a discovery' },
    { hang: aFunction, resume: aFunction, change: aFunction, answerMs: milliseconds, abortMs: milliseconds },
  );
  const { answerMs = 5000, abortMs = 500 } = harness;
  const ask = (discovery: Discovery): Promise<Discovered> =>
    settled(discovery.nodes(new AbortController().signal), answerMs, 'nodes() did not answer');
  const check = (
    name: string,
    prove: (discovery: Discovery, close: () => Promise<void>) => Promise<void>,
  ): ContractCheck => ({
    name,
    async run() {
      const discovery = checkMade(await harness.make(), 'discovery', 'nodes');
      let closed: Promise<void> | undefined;
      const close = (): Promise<void> =>
        (closed ??= settled(Promise.resolve(discovery.close?.()), answerMs, 'close() did not end'));
      try {
        await prove(discovery, close);
      } finally {
        await close();
      }
    },
  });

  return [
    check('has a name, and finds whole nodes, each once', async (discovery) => {
      expectContract(typeof discovery.name === 'string' && discovery.name !== '', 'a discovery needs a name');
      const { nodes } = await ask(discovery);
      expectContract(nodes.length >= 2, `found ${nodes.length} nodes where the source has two or more`);
      checkNodes(nodes, 'discovery');
    }),
    check('gives the same ids for the same source', async (discovery) => {
      const [first, second] = [await ask(discovery), await ask(discovery)];
      expectContract(ids(first) === ids(second), `the ids changed from ${ids(first)} to ${ids(second)}`);
    }),
    check('gives answers that the caller cannot spoil', async (discovery) => {
      const first = await ask(discovery);
      const expected = ids(first);
      attempt(() => (first.nodes as unknown[]).pop());
      attempt(() => Object.assign(first.nodes[0]!, { id: 'spoilt' }));
      expectContract(ids(await ask(discovery)) === expected, 'changing an answer changed the next one');
    }),
    check('settles at once under a signal that is aborted already', async (discovery) => {
      const answer = discovery.nodes(AbortSignal.abort(new Error('aborted before')));
      await settled(
        answer.catch(() => undefined),
        abortMs,
        'nodes() did not settle under an aborted signal',
      );
    }),
    ...(harness.hang === undefined
      ? []
      : [
          check('stops waiting for a source that hangs when its signal aborts', async (discovery) => {
            await harness.hang!();
            try {
              const controller = new AbortController();
              const answer = discovery.nodes(controller.signal);
              answer.catch(() => undefined);
              await delay(20);
              controller.abort(new Error('the herd is closing'));
              const outcome = answer.then(
                () => 'answered',
                () => 'rejected',
              );
              expectContract(
                (await settled(outcome, abortMs, 'nodes() went on after its signal was aborted,')) === 'rejected',
                'nodes() answered though the source hangs',
              );
            } finally {
              await harness.resume?.();
            }
            await ask(discovery);
          }),
        ]),
    check('watches: reports news, and is silent once the watch is ended', async (discovery) => {
      if (discovery.watch === undefined) return;
      expectContract(harness.change !== undefined, 'the harness of a discovery with watch needs change()');
      let news = 0;
      const stop = discovery.watch(() => news++);
      await delay(50);
      await harness.change();
      await until(() => news > 0, answerMs, 'the watch did not report a change');
      stop();
      await delay(100);
      const heard = news;
      await harness.change();
      await delay(300);
      expectContract(news === heard, 'the watch reported a change after it was ended');
    }),
    check('closes: ends its watches', async (discovery, close) => {
      if (discovery.watch === undefined || discovery.close === undefined) return;
      let news = 0;
      discovery.watch(() => news++);
      await delay(50);
      await close();
      const heard = news;
      await harness.change?.();
      await delay(300);
      expectContract(news === heard, 'a watch outlived close()');
    }),
  ];
}

const ids = ({ nodes }: Discovered): string =>
  nodes
    .map(({ id }) => id)
    .sort()
    .join(' ');
const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function attempt(spoil: () => unknown): void {
  try {
    spoil();
  } catch {
    // Frozen: all the better.
  }
}

async function settled<Result>(promise: Promise<Result>, ms: number, otherwise: string): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), ms)));
  try {
    const first = await Promise.race([promise, late]);
    expectContract(first !== 'late', `${otherwise} within ${ms} ms`);
    return first;
  } finally {
    clearTimeout(timer);
  }
}

async function until(holds: () => boolean, ms: number, otherwise: string): Promise<void> {
  const deadline = performance.now() + ms;
  while (!holds()) {
    expectContract(performance.now() < deadline, `${otherwise} within ${ms} ms`);
    await delay(10);
  }
}
