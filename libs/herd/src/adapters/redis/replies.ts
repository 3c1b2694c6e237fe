import { HerdNodeError, HerdOverloadError, HerdRefusedError, HerdRequestError } from '../../errors/operation-errors.js';

/** What a server's refusal means: a value of another type is the caller's fault, a lack of memory the moment's. */
export function complaint(reply: string, key: string): Error {
  const what = `Redis answered ${JSON.stringify(reply)} about ${JSON.stringify(key)}`;
  if (/^(?:OOM|BUSY) /.test(reply))
    return new HerdOverloadError({ what, remedy: 'give the server more memory, or shorter scripts' });
  if (/^WRONGTYPE |not an integer|would overflow/.test(reply))
    return new HerdRequestError({ what, remedy: 'use the key for one kind of value' });
  if (/^(?:MOVED|ASK|CROSSSLOT|CLUSTERDOWN) /.test(reply))
    return new HerdNodeError({ what, remedy: 'use standalone servers: the herd spreads the keys, not Redis Cluster' });
  if (/^(?:NOAUTH|WRONGPASS) /.test(reply))
    return new HerdRefusedError({ what, remedy: 'give redis({ connection }) the user and password' });
  if (/^(?:LOADING|READONLY|MASTERDOWN|MISCONF|NOREPLICAS) /.test(reply))
    return new HerdRefusedError({ what, remedy: 'see that the server is a primary that accepts writes' });
  // Of this key or command alone: another may be allowed.
  if (/^NOPERM /.test(reply))
    return new HerdRequestError({ what, remedy: 'let the user of redis({ connection }) use this key and command' });
  return new HerdRequestError({ what, remedy: 'see that the server is Redis 4 or later' });
}
