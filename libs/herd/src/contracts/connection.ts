import type { Node } from './node.js';

/** PEM texts, or their bytes; of several authorities a list. */
export type Pem = string | Buffer | readonly (string | Buffer)[];

/** Options of `tls.connect`, under their own names. */
export type TlsOptions = Readonly<{
  /** Authorities to trust, instead of those of Node.js. */
  ca?: Pem;
  /** What this side shows, where the server requires it. */
  cert?: Pem;
  key?: string | Buffer;
  passphrase?: string;
  /** The name that the certificate must have, instead of the host. */
  servername?: string;
  /** False accepts any certificate. Default true. */
  rejectUnauthorized?: boolean;
  minVersion?: 'TLSv1.2' | 'TLSv1.3';
  ciphers?: string;
}>;

/** TLS with the defaults of Node.js for `true`. */
export type Tls = boolean | TlsOptions;

/**
 * A connection to be made, for all nodes or each. A function is called anew for each connection, so that a password may be
 * a token that expires; a promise may come from a store of secrets.
 */
export type ConnectionSetting<Connection> =
  Connection | Promise<Connection> | ((node: Node) => Connection | Promise<Connection>);
