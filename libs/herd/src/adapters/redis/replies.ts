import type { HerdOperationError } from '../../errors/operation-errors.js';
import { HerdNodeError, HerdOverloadError, HerdRefusedError, HerdRequestError } from '../../errors/operation-errors.js';
import { connectionRemedy } from '../../support/connection-remedy.js';

/** What a server's refusal means: a value of another type is the caller's fault, a lack of memory the moment's. */
export function complaint(reply: string, key: string): HerdOperationError {
  const what = `Redis answered ${JSON.stringify(reply)} about ${JSON.stringify(key)}`;
  if (/^(?:OOM|BUSY) /.test(reply))
    return new HerdOverloadError({ what, remedy: 'give the server more memory, or shorter scripts' });
  if (/^WRONGTYPE |not an integer|would overflow/.test(reply))
    return new HerdRequestError({ what, remedy: 'use the key for one kind of value' });
  // Said to a new connection, which is then closed.
  if (/^ERR max number of clients/.test(reply))
    return new HerdNodeError({ what, remedy: connectionRemedy({ message: reply }, '') });
  if (/^CLUSTERDOWN /.test(reply))
    return new HerdNodeError({ what, remedy: 'see by CLUSTER INFO why the cluster does not serve all slots' });
  if (/^(?:MOVED|ASK|CROSSSLOT) /.test(reply))
    return new HerdNodeError({
      what,
      remedy: 'use redisCluster({ nodes }) for a Redis Cluster, redis() for standalone servers',
    });
  if (/^(?:NOAUTH|WRONGPASS) /.test(reply))
    return new HerdRefusedError({
      what,
      remedy: 'pass connection.username and connection.password that the server accepts',
    });
  if (/^LOADING /.test(reply))
    return new HerdRefusedError({ what, remedy: 'wait until the server has loaded its data' });
  if (/^(?:READONLY|MASTERDOWN|MISCONF|NOREPLICAS) /.test(reply))
    return new HerdRefusedError({ what, remedy: 'see that the server is a primary that accepts writes' });
  // Of this key or command alone: another may be allowed.
  if (/^NOPERM /.test(reply))
    return new HerdRequestError({ what, remedy: 'let the user run the command on these keys, by ACL SETUSER' });
  return new HerdRequestError({ what, remedy: 'see that the server is Redis 4 or later' });
}

/** After these another connection may do better: to the new primary behind the same name, or with a newer password. */
export const endsConnection = (reply: string): boolean => /^(?:READONLY|MASTERDOWN|NOAUTH|WRONGPASS) /.test(reply);
