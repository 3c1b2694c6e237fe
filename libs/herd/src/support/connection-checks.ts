import type { TlsOptions } from '../contracts/connection.js';
import { isObject } from './option-checks.js';
import type { OptionProblems } from './option-problems.js';

const tlsNames: readonly (keyof TlsOptions)[] = [
  'ca',
  'cert',
  'key',
  'passphrase',
  'servername',
  'rejectUnauthorized',
  'minVersion',
  'ciphers',
];

/** Reports what is wrong in the parts that the connections of all drivers have. Names are not looked at. */
export function checkSecrets(
  problems: OptionProblems,
  given: Readonly<{ tls?: unknown; path?: unknown; username?: unknown; password?: unknown }>,
): void {
  const { tls, path } = given;
  checkTls(problems, 'connection.tls', tls);
  const isPath = path === undefined || (typeof path === 'string' && path !== '');
  problems.check(isPath, 'connection.path', path, 'must be the path of a Unix socket; leave it out for TCP');
  for (const name of ['username', 'password'] as const) {
    const value = given[name];
    const isText = value === undefined || (typeof value === 'string' && value !== '');
    // A password does not belong in a message, though it is wrong.
    const shown = name === 'password' && typeof value === 'string' ? '' : value;
    problems.check(isText, `connection.${name}`, shown, 'must be a text that is not empty; leave it out for none');
  }
}

/** Reports what is wrong in `tls`, the value of `option`. */
export function checkTls(problems: OptionProblems, option: string, tls: unknown): void {
  const isTls = tls === undefined || typeof tls === 'boolean' || (isObject(tls) && !Array.isArray(tls));
  problems.check(isTls, option, tls, 'must be true, or options of tls.connect; leave it out for plain TCP');
  if (isTls && isObject(tls)) problems.checkNames(tls, tlsNames, `${option}.`);
}
