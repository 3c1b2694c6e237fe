import type { StoreOptions } from '../../../contracts/key-value-commands.js';
import { ttlMs } from '../../../support/ttl.js';
import type { Ttl } from '../../../contracts/ttl.js';
import { HerdRequestError } from '../../../errors/operation-errors.js';
import { exptime, leastTtlMs } from '../ttl.js';
import type { ResolvedMetaOptions } from './meta-options.js';

/** The life of a value: as memcached reads it, and in milliseconds. */
export type Life = Readonly<{ seconds: number; lifeMs: number }>;

export type Expiry = (command: string, key: string, given: StoreOptions | undefined) => Life;

const thirtyDays = 30 * 24 * 60 * 60;

/** The life of a value, by the call or the default. */
export function expiryBy({ defaultTtl, now }: Pick<ResolvedMetaOptions, 'defaultTtl' | 'now'>): Expiry {
  const lifeOf = (ttl: Ttl): Life => ({ seconds: exptime(ttl, now()), lifeMs: ttlMs(ttl, leastTtlMs) });
  const byDefault = defaultTtl === undefined ? undefined : lifeOf(defaultTtl);
  // A longer life is a moment, which moves on with the clock.
  const fixed = byDefault !== undefined && byDefault.seconds <= thirtyDays ? byDefault : undefined;
  let last: Readonly<{ ttl: Ttl; life: Life }> | undefined;
  const lifeOfCall = (ttl: Ttl): Life => {
    if (last?.ttl === ttl) return last.life;
    const life = lifeOf(ttl);
    if (life.seconds <= thirtyDays) last = { ttl, life };
    return life;
  };
  return (command, key, given) => {
    if (given?.ttl !== undefined) return lifeOfCall(given.ttl);
    if (fixed) return fixed;
    if (defaultTtl !== undefined) return lifeOf(defaultTtl);
    throw new HerdRequestError({
      what: `${command}(${JSON.stringify(key)}) needs a ttl`,
      remedy: `pass { ttl: '60s' }, or give metaMemcached() a defaultTtl`,
    });
  };
}
