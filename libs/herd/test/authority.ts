import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a server shows, as files. */
export type CertificateFiles = Readonly<{ cert: string; key: string; ca: string }>;

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** An authority that signs certificates for servers of tests, by openssl. */
export class Authority {
  readonly folder = mkdtempSync(join(tmpdir(), 'rookery-authority-'));
  readonly ca: string;

  constructor() {
    this.openssl('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=ca', '-days', '3');
    this.ca = readFileSync(join(this.folder, 'ca.crt'), 'utf8');
  }

  /** @param names such as `IP:127.0.0.1,DNS:cache.test`. @param days below 0 for one that has expired. */
  sign(name: string, names: string, days = 3): CertificateFiles {
    writeFileSync(join(this.folder, `${name}.ext`), `subjectAltName=${names}\n`);
    this.openssl('req', ...curve, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`];
    this.openssl('x509', '-req', '-in', `${name}.csr`, ...authority, '-days', String(days), '-out', `${name}.crt`);
    const file = (ending: string): string => join(this.folder, ending);
    return { cert: file(`${name}.crt`), key: file(`${name}.key`), ca: file('ca.crt') };
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'ignore' });
    // Servers run as other users.
    execFileSync('chmod', ['-R', 'a+rX', this.folder]);
  }
}
