import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';

import type { Pem, TlsOptions } from '../contracts/connection.js';
import { HIDDEN } from './option-problems.js';
import type { OptionProblems } from './option-problems.js';

const certificate = /-----BEGIN [^-]*CERTIFICATE-----[^-]*-----END [^-]*CERTIFICATE-----/g;

/**
 * Reports material that OpenSSL cannot use. Node.js itself passes over authorities that it cannot read, and would find fault
 * with the server's certificate instead.
 *
 * @param tls whose parts have the right types. @param option its place, such as `connection.tls`.
 */
export function checkTlsMaterial(problems: OptionProblems, option: string, tls: TlsOptions): void {
  const { ca, cert, key, passphrase, ciphers } = tls;
  const ask = (valid: boolean, part: keyof TlsOptions, requirement: string, received: unknown = HIDDEN): boolean =>
    problems.check(valid, `${option}.${part}`, received, requirement);
  for (const [part, pem] of Object.entries({ ca, cert }) as ['ca' | 'cert', Pem | undefined][])
    if (pem !== undefined)
      ask(textsOf(pem).every(hasCertificates), part, 'must have certificates in PEM that can be read, not a file name');
  if (ciphers !== undefined) ask(works({ ciphers }), 'ciphers', 'must name ciphers that OpenSSL knows', ciphers);
  if (key === undefined) {
    const part = cert !== undefined ? 'cert' : 'passphrase';
    return void ask(tls[part] === undefined, 'key', `must be given beside ${option}.${part}`, undefined);
  }
  ask(cert !== undefined, 'cert', `must be given beside ${option}.key`, undefined);
  const fault = faultOfKey(key, passphrase);
  if (fault === 'locked') ask(false, 'passphrase', `must be that of ${option}.key`);
  else if (ask(fault === undefined, 'key', 'must be a private key in PEM, not a file name'))
    ask(!isOfAnother(tls), 'key', `must be that of ${option}.cert`);
}

const textsOf = (pem: Pem): readonly string[] =>
  (Array.isArray(pem) ? (pem as readonly (string | Buffer)[]) : [pem as string | Buffer]).map((part) =>
    typeof part === 'string' ? part : Buffer.from(part).toString('latin1'),
  );

function hasCertificates(text: string): boolean {
  const found = text.match(certificate) ?? [];
  try {
    return found.length > 0 && found.every((one) => new X509Certificate(one));
  } catch {
    return false;
  }
}

function faultOfKey(key: string | Buffer, passphrase: string | undefined): 'locked' | 'unreadable' | undefined {
  try {
    createPrivateKey({ key, format: 'pem', ...(passphrase !== undefined && { passphrase }) });
    return undefined;
  } catch (error) {
    return /PASSPHRASE|DECRYPT|INTERRUPTED/.test(codeOf(error)) ? 'locked' : 'unreadable';
  }
}

const isOfAnother = ({ cert, key, passphrase }: TlsOptions): boolean =>
  failureOf({ cert, key, passphrase } as SecureContextOptions).includes('KEY_VALUES_MISMATCH');

const works = (options: SecureContextOptions): boolean => failureOf(options) === '';

function failureOf(options: SecureContextOptions): string {
  try {
    createSecureContext(options);
    return '';
  } catch (error) {
    return codeOf(error) || 'unknown';
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
