/** The code of a function or promise for a connection that failed itself, before anything was sent. */
export const settingFailed = 'HERD_CONNECTION_SETTING';

const remedies: readonly (readonly [RegExp, string])[] = [
  [/^HERD_OPTION /, 'mend what connection gives'],
  [new RegExp(`^${settingFailed} `), 'see why connection, a function or promise, failed'],
  [
    /^E[A-Z]+ connect E[A-Z]+ \//,
    'see that the server listens on connection.path, and that this process may open that socket',
  ],
  [/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/, 'renew the certificate of the server, and see that the clocks are right'],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID/,
    'use a host that the certificate names, or pass that name as connection.tls.servername',
  ],
  [
    /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_UNTRUSTED|DEPTH_ZERO/,
    'pass the certificate of its authority as connection.tls.ca',
  ],
  [
    /alert[ _]certificate[ _]expired/i,
    'renew connection.tls.cert, which has expired, or see that the clocks are right',
  ],
  [
    /alert[ _](?:unknown[ _]ca|bad[ _]certificate|certificate[ _]unknown)/i,
    'pass a connection.tls.cert of an authority that the server trusts',
  ],
  [
    /ERR_SSL_.*(?:CERTIFICATE|HANDSHAKE_FAILURE)/,
    'pass connection.tls.cert and connection.tls.key, which the server requires',
  ],
  [
    /EPROTO|ERR_SSL|ERR_TLS/,
    'see whether the server speaks TLS on this port: leave connection.tls out where it does not',
  ],
  [
    /NOAUTH|WRONGPASS|invalid password|unauthenticated|authentication/i,
    'pass connection.username and connection.password that the server accepts',
  ],
  [/Too many open connections/, 'open fewer connections to it, or start memcached with a larger limit (-c)'],
  [/max number of clients/, 'open fewer connections to it, or raise maxclients of Redis'],
];

/** What to do about a connection that failed by `cause`; `otherwise` where the cause does not show it. */
export const connectionRemedy = (cause: unknown, otherwise: string): string => {
  const text = textOf(cause);
  return remedies.find(([pattern]) => pattern.test(text))?.[1] ?? otherwise;
};

/** Whether a server has refused this client's password, or the lack of one. */
export const refusesCredentials = (cause: unknown): boolean =>
  /NOAUTH|WRONGPASS|invalid password|unauthenticated|authentication failed/i.test(textOf(cause));

function textOf(cause: unknown): string {
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };
  return [code, message].filter((part) => typeof part === 'string').join(' ');
}
