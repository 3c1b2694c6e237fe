import type { ClientOptions } from '@opensearch-project/opensearch';
import { nearestName } from '../../support/nearest-name.js';
import type { OptionProblems } from '../../support/option-problems.js';
import { isObject } from '../../support/option-table.js';
import type { OpenSearchOptions } from './options.js';

/** Options of the client that something else decides here. */
const DECIDED: Partial<Readonly<Record<keyof ClientOptions, string>>> = {
  node: 'is openSearch.node',
  nodes: 'is openSearch.node',
  maxRetries: 'is openSearch.readRetries: only what changes nothing is sent again',
  requestTimeout: 'is openSearch.requestTimeoutMs',
  Serializer: 'is not replaceable: whole numbers beyond 2^53 are read by it',
  enableLongNumeralSupport: 'is not needed: whole numbers are exact',
  disablePrototypePoisoningProtection: 'is not needed: __proto__ is read as a name',
  cloud: 'is openSearch.node',
};

/** Each option of the client. Other names may be those of a class that is given with it, such as a signer's. */
const KNOWN: Readonly<Record<keyof ClientOptions, true>> = {
  node: true,
  nodes: true,
  Connection: true,
  ConnectionPool: true,
  Transport: true,
  Serializer: true,
  maxRetries: true,
  requestTimeout: true,
  pingTimeout: true,
  sniffInterval: true,
  sniffOnStart: true,
  sniffEndpoint: true,
  sniffOnConnectionFault: true,
  resurrectStrategy: true,
  suggestCompression: true,
  compression: true,
  ssl: true,
  agent: true,
  nodeFilter: true,
  nodeSelector: true,
  headers: true,
  opaqueIdPrefix: true,
  generateRequestId: true,
  name: true,
  auth: true,
  context: true,
  proxy: true,
  enableMetaHeader: true,
  cloud: true,
  disablePrototypePoisoningProtection: true,
  memoryCircuitBreaker: true,
  enableLongNumeralSupport: true,
};
const NAMES = Object.keys(KNOWN);

/** What the client would not get, or get twice. */
export function checkClient(
  problems: OptionProblems,
  { client, auth, tls }: Pick<OpenSearchOptions, 'client' | 'auth' | 'tls'>,
): void {
  if (!isObject(client)) return;
  for (const [name, value] of Object.entries(client)) {
    const nearest = NAMES.includes(name) ? undefined : nearestName(name, NAMES);
    const remedy = `is not an option of the client; did you mean openSearch.client.${nearest}?`;
    problems.check(nearest === undefined, `openSearch.client.${name}`, typeof value, remedy);
  }
  for (const [name, remedy] of Object.entries(DECIDED)) {
    const value: unknown = client[name as keyof ClientOptions];
    problems.check(value === undefined, `openSearch.client.${name}`, value, remedy);
  }
  // What was received may be a secret: only its place is shown.
  problems.check(
    client.auth === undefined || auth === undefined,
    'openSearch.client.auth',
    'both',
    'cannot go with openSearch.auth',
  );
  problems.check(
    client.ssl === undefined || tls === undefined,
    'openSearch.client.ssl',
    'both',
    'cannot go with openSearch.tls',
  );
}
