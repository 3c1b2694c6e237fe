import type { BreakerOptions } from './circuit-breaker.js';
import type { ClientOptions } from '@opensearch-project/opensearch';
import { checkClient } from './client-options.js';
import { OptionProblems } from '../../support/option-problems.js';
import {
  aFunction,
  aWholeNumber,
  anObject,
  anything,
  checkOptions,
  isObject,
  wholeMilliseconds,
  type OptionTable,
} from '../../support/option-table.js';

export interface OpenSearchOptions {
  /** Address of the cluster, or of several of its nodes: `http://127.0.0.1:9200`. */
  readonly node: string | readonly string[];
  /** Deadline of a request, in milliseconds; 10,000 when absent. */
  readonly requestTimeoutMs?: number;
  /** Deadline of a bulk request, in milliseconds; 30,000 when absent. */
  readonly bulkTimeoutMs?: number;
  /** Basic authentication, or an API key as the cluster gave it. For AWS SigV4 see `client`. */
  readonly auth?: Readonly<{ username: string; password: string }> | Readonly<{ apiKey: string }>;
  /** TLS as Node accepts it; `{ ca }` for an authority of your own. */
  readonly tls?: ClientOptions['ssl'];
  /** How often a read is sent again when a node or a socket is lost, within its deadline; 2 when absent. Writes are sent again by their callers, who decide what is safe. */
  readonly readRetries?: number;
  /** Failures in a row after which calls are refused at once, until a probe is answered; 10 and 500 ms when absent, `false` for none. */
  readonly circuitBreaker?: false | Partial<BreakerOptions>;
  /** Searches at once; 100 when absent. */
  readonly maxConcurrentSearches?: number;
  /** Searches that wait for one of those to end; 1,000 when absent. A search that comes then is refused at once. */
  readonly maxWaitingSearches?: number;
  /** What `X-Opaque-Id` carries with each request, such as the id of the trace: the engine's slow log and its tasks show it. */
  readonly opaqueId?: () => string | undefined;
  /** Anything else of the official client, such as what its AWS SigV4 signer returns. */
  readonly client?: ClientOptions;
}

type Numbers = 'requestTimeoutMs' | 'bulkTimeoutMs' | 'readRetries' | 'maxConcurrentSearches' | 'maxWaitingSearches';

export type ResolvedOpenSearchOptions = Required<Pick<OpenSearchOptions, Numbers>> & {
  readonly nodes: readonly string[];
  readonly circuitBreaker: BreakerOptions | undefined;
  readonly opaqueId: (() => string | undefined) | undefined;
  readonly client: ClientOptions;
};

const DEFAULTS = Object.freeze({
  requestTimeoutMs: 10_000,
  bulkTimeoutMs: 30_000,
  readRetries: 2,
  maxConcurrentSearches: 100,
  maxWaitingSearches: 1_000,
});
const BREAKER: BreakerOptions = Object.freeze({ failures: 10, openMs: 500 });

const BREAKER_OPTIONS: OptionTable<BreakerOptions> = { failures: aWholeNumber(1), openMs: wholeMilliseconds(1) };

const OPTIONS: OptionTable<OpenSearchOptions> = {
  node: anything,
  requestTimeoutMs: wholeMilliseconds(1),
  bulkTimeoutMs: wholeMilliseconds(1),
  auth: anything,
  tls: anObject,
  readRetries: aWholeNumber(0),
  circuitBreaker: {
    accepts: (value) => value === false || isObject(value),
    requirement: 'must be false or { failures, openMs }',
  },
  maxConcurrentSearches: aWholeNumber(1),
  maxWaitingSearches: aWholeNumber(0),
  opaqueId: { ...aFunction, requirement: 'must be a function that returns a text' },
  client: anObject,
};

/** @throws SearchOptionError with all that is wrong: option, what it must be and what was received. */
export function resolveOpenSearchOptions(options: OpenSearchOptions): ResolvedOpenSearchOptions {
  const problems = new OptionProblems();
  if (checkOptions(problems, options, OPTIONS, 'openSearch.')) {
    checkNodes(problems, options.node);
    checkAuth(problems, options.auth);
    if (isObject(options.circuitBreaker))
      checkOptions(problems, options.circuitBreaker, BREAKER_OPTIONS, 'openSearch.circuitBreaker.');
    checkClient(problems, options);
  }
  problems.throwIfAny();
  const { node, auth, tls, client, circuitBreaker, opaqueId } = options;
  const nodes = [node].flat();
  const numbers = Object.fromEntries(
    Object.entries(DEFAULTS).map(([name, value]) => [name, options[name as Numbers] ?? value]),
  ) as typeof DEFAULTS;
  return {
    ...numbers,
    nodes,
    circuitBreaker: circuitBreaker === false ? undefined : { ...BREAKER, ...circuitBreaker },
    opaqueId,
    client: { ...client, nodes, ...authOf(auth, client), ...(tls ? { ssl: tls } : {}) },
  };
}

function authOf(auth: OpenSearchOptions['auth'], client: ClientOptions | undefined): ClientOptions {
  if (auth === undefined) return {};
  if ('apiKey' in auth && auth.apiKey !== undefined)
    return { headers: { ...(client?.headers as object | undefined), authorization: `ApiKey ${auth.apiKey}` } };
  const { username, password } = auth as Extract<typeof auth, { username: string }>;
  return { auth: { username, password } };
}

function checkAuth(problems: OptionProblems, auth: OpenSearchOptions['auth']): void {
  if (auth === undefined) return;
  const given = Object.entries(auth ?? {}).filter(([, value]) => value !== undefined);
  const names = given.map(([name]) => name).sort();
  const complete = ['apiKey', 'password,username'].includes(names.join()) && given.every(([, value]) => isText(value));
  // What was received may be a secret: only its shape is shown.
  const shape = typeof auth === 'object' && auth !== null ? Object.keys(auth) : typeof auth;
  problems.check(
    complete,
    'openSearch.auth',
    shape,
    'must be { username, password } or { apiKey }, all of them strings that are not empty',
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function checkNodes(problems: OptionProblems, node: OpenSearchOptions['node']): void {
  const nodes: readonly unknown[] = [node].flat();
  problems.check(nodes.length > 0, 'openSearch.node', node, 'must name at least one address');
  for (const address of nodes)
    problems.check(
      isAddress(address),
      'openSearch.node',
      address,
      "must be an address such as 'http://127.0.0.1:9200'",
    );
}

function isAddress(address: unknown): boolean {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:';
}
