import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import type { Tls } from '../contracts/connection.js';
import { checkTls } from './connection-checks.js';
import { checked } from './option-checks.js';

const folder = mkdtempSync(join(tmpdir(), 'rookery-tls-material-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function selfSigned(name: string): { cert: string; key: string } {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`, '-subj', `/CN=${name}`];
  execFileSync('openssl', ['req', '-x509', ...curve, ...files], { cwd: folder, stdio: 'ignore' });
  const read = (ending: string): string => readFileSync(join(folder, `${name}.${ending}`), 'utf8');
  return { cert: read('crt'), key: read('key') };
}

function locked(name: string): string {
  const secret = ['-aes256', '-passout', 'pass:sesame'];
  execFileSync('openssl', ['pkey', '-in', `${name}.key`, ...secret, '-out', `${name}.locked`], { cwd: folder });
  return readFileSync(join(folder, `${name}.locked`), 'utf8');
}

const one = selfSigned('one');
const other = selfSigned('other');
const oneLocked = locked('one');
const damaged = one.cert.replace(/\n[^\n]{10}/, '\nAAAAAAAAAA');

const check = (tls: unknown): void => checked((problems) => checkTls(problems, 'connection.tls', tls));

describe('what TLS is to be made with', () => {
  it.each<[string, Tls]>([
    ['an authority', { ca: one.cert }],
    ['bytes', { ca: Buffer.from(one.cert), cert: Buffer.from(one.cert), key: Buffer.from(one.key) }],
    ['a list of authorities', { ca: [one.cert, other.cert] }],
    ['a bundle with words between', { ca: `# first\n${one.cert}\n# second\n${other.cert}` }],
    ['a certificate and its key', one],
    ['a certificate with those above it', { cert: one.cert + other.cert, key: one.key }],
    ['a key with its passphrase', { cert: one.cert, key: oneLocked, passphrase: 'sesame' }],
    ['ciphers', { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256', minVersion: 'TLSv1.2' }],
  ])('accepts %s', (_case, tls) => expect(() => check(tls)).not.toThrow());

  it.each<[string, unknown, string]>([
    ['an authority that is a file name', { ca: '/etc/ssl/ca.pem' }, 'connection.tls.ca must have certificates in PEM'],
    ['an authority that is a key', { ca: one.key }, 'connection.tls.ca must have certificates in PEM'],
    ['a damaged authority', { ca: damaged }, 'connection.tls.ca must have certificates in PEM that can be read'],
    ['one of two authorities that is none', { ca: [one.cert, 'x'] }, 'connection.tls.ca must have certificates in PEM'],
    [
      'a bundle with a damaged part',
      { ca: one.cert + damaged },
      'connection.tls.ca must have certificates in PEM that can',
    ],
    ['a certificate that is none', { ...one, cert: 'x' }, 'connection.tls.cert must have certificates in PEM'],
    ['a key that is none', { ...one, key: 'x' }, 'connection.tls.key must be a private key in PEM'],
    ['a key that is a certificate', { ...one, key: one.cert }, 'connection.tls.key must be a private key in PEM'],
    ['the key of another', { ...one, key: other.key }, 'connection.tls.key must be that of connection.tls.cert'],
    [
      'a locked key alone',
      { cert: one.cert, key: oneLocked },
      'connection.tls.passphrase must be that of connection.tls.key',
    ],
    [
      'a wrong passphrase',
      { cert: one.cert, key: oneLocked, passphrase: 'open' },
      'connection.tls.passphrase must be that of connection.tls.key',
    ],
    ['a certificate without key', { cert: one.cert }, 'connection.tls.key must be given beside connection.tls.cert'],
    ['a key without certificate', { key: one.key }, 'connection.tls.cert must be given beside connection.tls.key'],
    [
      'a passphrase of nothing',
      { passphrase: 'x' },
      'connection.tls.key must be given beside connection.tls.passphrase',
    ],
    [
      'ciphers that nobody knows',
      { ciphers: 'NONSENSE' },
      'connection.tls.ciphers must name ciphers that OpenSSL knows',
    ],
  ])('refuses %s', (_case, tls, message) => expect(() => check(tls)).toThrow(message));

  it.each<[string, unknown]>([
    ['another key', { ...one, key: other.key }],
    ['a list of keys', { ...one, key: [one.key] }],
    ['a wrong passphrase', { cert: one.cert, key: oneLocked, passphrase: 'a secret' }],
  ])('shows no secret in the message about %s', (_case, tls) => {
    let error: unknown;
    try {
      check(tls);
    } catch (thrown) {
      error = thrown;
    }
    const said = `${inspect(error, { depth: 9 })} ${String(error)}`;
    expect(said).toContain('connection.tls');
    for (const secret of [one.key, other.key, oneLocked]) expect(said).not.toContain(secret.split('\n')[1]);
    expect(said).not.toContain('a secret');
  });

  it('reports all that is wrong at once', () => {
    expect(() => check({ ca: 'x', cert: 'y', key: 'z', ciphers: 'NONSENSE' })).toThrow(/^4 herd options are wrong/);
  });
});
