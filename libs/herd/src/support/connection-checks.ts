import type { TlsOptions } from '../contracts/connection.js';
import { isObject } from './option-checks.js';
import type { OptionProblems } from './option-problems.js';
import { HIDDEN } from './option-problems.js';
import { checkTlsMaterial } from './tls-material.js';

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isPem = (value: unknown): boolean => isText(value) || value instanceof Uint8Array;
const isPems = (value: unknown): boolean =>
  isPem(value) || (Array.isArray(value) && value.length > 0 && value.every(isPem));

const aText = { accepts: isText, requirement: 'must be a text that is not empty' };
const pems = { accepts: isPems, requirement: 'must be PEM, as a text or bytes, or a list of it' };

const tlsRules: Readonly<Record<keyof TlsOptions, { accepts: (value: unknown) => boolean; requirement: string }>> = {
  ca: pems,
  cert: pems,
  key: { accepts: isPem, requirement: 'must be PEM, as a text or bytes' },
  passphrase: aText,
  servername: aText,
  rejectUnauthorized: { accepts: (value) => typeof value === 'boolean', requirement: 'must be true or false' },
  minVersion: {
    accepts: (value) => value === 'TLSv1.2' || value === 'TLSv1.3',
    requirement: "must be 'TLSv1.2' or 'TLSv1.3'",
  },
  ciphers: aText,
};
const tlsNames = Object.keys(tlsRules) as (keyof TlsOptions)[];

/**
 * Reports what is wrong in the parts that the connections of all drivers have. Names are not looked at.
 *
 * @param option the connection in messages, such as `connection`.
 */
export function checkSecrets(
  problems: OptionProblems,
  given: Readonly<{ tls?: unknown; path?: unknown; username?: unknown; password?: unknown }>,
  option: string,
): void {
  const { tls, path } = given;
  checkTls(problems, `${option}.tls`, tls);
  const isPath = path === undefined || (typeof path === 'string' && path !== '');
  problems.check(isPath, `${option}.path`, path, 'must be the path of a Unix socket; leave it out for TCP');
  for (const name of ['username', 'password'] as const) {
    const value = given[name];
    const isText = value === undefined || (typeof value === 'string' && value !== '');
    // A password does not belong in a message, though it is wrong.
    const shown = name === 'password' && typeof value === 'string' ? '' : value;
    problems.check(isText, `${option}.${name}`, shown, 'must be a text that is not empty; leave it out for none');
  }
}

/** Reports what is wrong in `tls`, the value of `option`. */
export function checkTls(problems: OptionProblems, option: string, tls: unknown): void {
  const isTls = tls === undefined || typeof tls === 'boolean' || isObject(tls);
  problems.check(isTls, option, tls, 'must be true, or options of tls.connect; leave it out for plain TCP');
  if (!isTls || !isObject(tls)) return;
  problems.checkNames(tls, tlsNames, `${option}.`);
  const areTyped = tlsNames.map((name) => {
    const value = (tls as TlsOptions)[name];
    const { accepts, requirement } = tlsRules[name];
    // A key of a wrong type may hold one, such as a list.
    const shown = isSecret(name) && typeof value === 'object' ? HIDDEN : value;
    const valid = value === undefined || accepts(value);
    return problems.check(valid, `${option}.${name}`, shown, `${requirement}; or leave it out`);
  });
  if (areTyped.every(Boolean)) checkTlsMaterial(problems, option, tls);
}

const isSecret = (name: keyof TlsOptions): boolean => name === 'key' || name === 'passphrase';
