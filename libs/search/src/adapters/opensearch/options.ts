import type { ClientOptions } from '@opensearch-project/opensearch';
import { OptionProblems } from '../../support/option-problems.js';
import { anObject, anything, checkOptions, wholeMilliseconds, type OptionTable } from '../../support/option-table.js';

export interface OpenSearchOptions {
  /** Address of the cluster, or of several of its nodes: `http://127.0.0.1:9200`. */
  readonly node: string | readonly string[];
  /** Deadline of a request, in milliseconds; 10,000 when absent. */
  readonly requestTimeoutMs?: number;
  /** Deadline of a bulk request, in milliseconds; 30,000 when absent. */
  readonly bulkTimeoutMs?: number;
  /** Basic authentication, or an API key as the cluster gave it. For AWS SigV4 see `client`. */
  readonly auth?: Readonly<{ username: string; password: string }> | Readonly<{ apiKey: string }>;
  /** TLS as Node takes it; `{ ca }` for an authority of your own. */
  readonly tls?: ClientOptions['ssl'];
  /** Anything else of the official client, such as what its AWS SigV4 signer returns. */
  readonly client?: ClientOptions;
}

export type ResolvedOpenSearchOptions = Required<Pick<OpenSearchOptions, 'requestTimeoutMs' | 'bulkTimeoutMs'>> & {
  readonly nodes: readonly string[];
  readonly client: ClientOptions;
};

const DEFAULTS = Object.freeze({ requestTimeoutMs: 10_000, bulkTimeoutMs: 30_000 });

const OPTIONS: OptionTable<OpenSearchOptions> = {
  node: anything,
  requestTimeoutMs: wholeMilliseconds(1),
  bulkTimeoutMs: wholeMilliseconds(1),
  auth: anything,
  tls: anObject,
  client: anObject,
};

/** @throws SearchOptionError with all that is wrong: option, what it must be and what was received. */
export function resolveOpenSearchOptions(options: OpenSearchOptions): ResolvedOpenSearchOptions {
  const problems = new OptionProblems();
  if (checkOptions(problems, options, OPTIONS, 'openSearch.')) {
    checkNodes(problems, options.node);
    checkAuth(problems, options.auth);
  }
  problems.throwIfAny();
  const { node, auth, tls, client } = options;
  const nodes = [node].flat();
  return {
    nodes,
    requestTimeoutMs: options.requestTimeoutMs ?? DEFAULTS.requestTimeoutMs,
    bulkTimeoutMs: options.bulkTimeoutMs ?? DEFAULTS.bulkTimeoutMs,
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
