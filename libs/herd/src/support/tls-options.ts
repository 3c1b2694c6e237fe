import type { ConnectionOptions } from 'node:tls';

import type { Tls } from '../contracts/connection.js';

/** @returns what `tls.connect` is given, or `undefined` for plain TCP. */
export const tlsOptionsOf = (tls: Tls | undefined): ConnectionOptions | undefined =>
  tls === undefined || tls === false ? undefined : tls === true ? {} : ({ ...tls } as ConnectionOptions);
