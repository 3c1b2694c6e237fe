import type { OnNodeDown } from '../contracts/dispatch.js';
import type { Fleet } from './fleet.js';

/** Where operations go, and under which policy; the route of `fleet` is read anew for each. */
export type DispatchSource<Client> = Readonly<{
  name: string;
  driver: string;
  fleet: Fleet<Client>;
  closed: () => boolean;
  timeoutMs: number;
  onNodeDown: OnNodeDown;
  failoverTtlMs: number;
}>;
