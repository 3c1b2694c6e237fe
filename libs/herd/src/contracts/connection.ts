import type { ConnectionOptions as TlsOptions } from 'node:tls';

import type { Node } from './node.js';

/**
 * TLS with the defaults of Node.js for `true`, or with these options of `tls.connect`, such as `ca`, `cert`, `key`, `servername`.
 * The server's certificate is checked against the host, or against `servername` where that is set.
 */
export type Tls = boolean | TlsOptions;

/**
 * A connection to be made, for all nodes or each. A function is called anew for each connection, so that a password may be
 * a token that expires; a promise may come from a store of secrets.
 */
export type ConnectionSetting<Connection> =
  Connection | Promise<Connection> | ((node: Node) => Connection | Promise<Connection>);
