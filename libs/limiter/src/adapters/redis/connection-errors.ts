import type { RedisClient } from './redis-client.js';

/** Why a client has no connection, until it has one. */
export interface ConnectionErrors {
  readonly last: unknown;
}

/** One listener for each client, however many storages share it. */
const known = new WeakMap<RedisClient, ConnectionErrors>();

export function connectionErrorsOf(client: RedisClient): ConnectionErrors {
  let errors = known.get(client);
  if (errors === undefined) known.set(client, (errors = listen(client)));
  return errors;
}

function listen(client: RedisClient): ConnectionErrors {
  const errors: { last: unknown } = { last: undefined };
  client.on?.('error', (error) => (errors.last = error));
  client.on?.('ready', () => (errors.last = undefined));
  return errors;
}
