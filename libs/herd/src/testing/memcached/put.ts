import { expiresAt } from './expiry.js';
import { itemBytes, maxItemBytes } from './item-store.js';
import type { Item, ItemStore } from './item-store.js';
import type { StoreHeader } from './request.js';

export type NotPut = 'NOT_STORED' | 'EXISTS' | 'NOT_FOUND';

/** Carries out a storage command. @returns the item as stored, or why it was not. */
export function put(header: StoreHeader, data: Buffer, store: ItemStore): Item | NotPut {
  const { verb, key, flags, exptime } = header;
  const present = store.get(key);
  if (verb === 'append' || verb === 'prepend') return extend(header, present, data, store);
  if (verb === 'cas') {
    const outcome = compare(header, present, data, store);
    if (outcome !== 'same version') return outcome;
  }
  if (verb === (present ? 'add' : 'replace')) return 'NOT_STORED';
  return store.set(key, {
    data,
    flags,
    expiresAt: expiresAt(exptime, store.now()),
    binaryKey: header.meta?.binaryKey ?? false,
  });
}

function extend(
  { verb, key, cas }: StoreHeader,
  present: Item | undefined,
  data: Buffer,
  store: ItemStore,
): Item | NotPut {
  if (!present) return 'NOT_STORED';
  if (cas !== 0n && cas !== present.cas) return 'EXISTS';
  return join(key, present, verb === 'append' ? [present.data, data] : [data, present.data], store);
}

/** An older version may replace a newer one as a stale value, with the life and the winner of that one. */
function compare(
  { key, flags, cas, meta }: StoreHeader,
  present: Item | undefined,
  data: Buffer,
  store: ItemStore,
): Item | NotPut | 'same version' {
  if (!present) return 'NOT_FOUND';
  if (cas === present.cas) return 'same version';
  if (!meta?.has('I') || cas === 0n || cas > present.cas) return 'EXISTS';
  const { expiresAt, won } = present;
  return store.set(key, { data, flags, expiresAt, binaryKey: meta.binaryKey, stale: true, won });
}

/** The joined value keeps the flags and the expiry of the one that was there; one that would be too large changes nothing. */
function join(key: string, { flags, expiresAt }: Item, parts: readonly Buffer[], store: ItemStore): Item | NotPut {
  const data = Buffer.concat(parts);
  if (itemBytes(key.length, data.length, flags) > maxItemBytes) return 'NOT_STORED';
  return store.set(key, { data, flags, expiresAt });
}
