import type { ClientOptions } from '@opensearch-project/opensearch';
import { SearchOptionError } from '../../errors/model.errors.js';

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

/** @throws SearchOptionError naming the option, what it takes and what was received. */
export function resolveOpenSearchOptions(options: OpenSearchOptions): ResolvedOpenSearchOptions {
  const {
    node,
    auth,
    tls,
    client,
    requestTimeoutMs = DEFAULTS.requestTimeoutMs,
    bulkTimeoutMs = DEFAULTS.bulkTimeoutMs,
  } = options;
  const nodes = [node].flat();
  if (nodes.length === 0) throw new SearchOptionError('openSearch({ node })', 'must name at least one address', node);
  for (const address of nodes) checkAddress(address);
  checkTimeout('requestTimeoutMs', requestTimeoutMs);
  checkTimeout('bulkTimeoutMs', bulkTimeoutMs);
  return {
    nodes,
    requestTimeoutMs,
    bulkTimeoutMs,
    client: { ...client, nodes, ...authOf(auth, client), ...(tls ? { ssl: tls } : {}) },
  };
}

function authOf(auth: OpenSearchOptions['auth'], client: ClientOptions | undefined): ClientOptions {
  if (auth === undefined) return {};
  if ('apiKey' in auth && isText(auth.apiKey))
    return { headers: { ...(client?.headers as object | undefined), authorization: `ApiKey ${auth.apiKey}` } };
  if ('username' in auth && isText(auth.username) && isText(auth.password))
    return { auth: { username: auth.username, password: auth.password } };
  // What was received may be a secret: only its shape is shown.
  throw new SearchOptionError(
    'openSearch({ auth })',
    'must be { username, password } or { apiKey }, all of them strings that are not empty',
    Object.keys(auth),
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function checkAddress(address: unknown): void {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return;
  throw new SearchOptionError('openSearch({ node })', "must be an address such as 'http://127.0.0.1:9200'", address);
}

function checkTimeout(name: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) >= 1) return;
  throw new SearchOptionError(`openSearch({ ${name} })`, 'must be a whole number of milliseconds, 1 or more', value);
}
