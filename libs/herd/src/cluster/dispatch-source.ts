import type { OnNodeDown } from '../contracts/dispatch.js';
import type { Route } from './fleet.js';

/** Where operations go, and under which policy; `route` is read anew for each. */
export type DispatchSource<Client> = Readonly<{
  name: string;
  route: () => Route<Client>;
  closed: () => boolean;
  timeoutMs: number;
  onNodeDown: OnNodeDown;
  failoverTtlMs: number;
}>;
