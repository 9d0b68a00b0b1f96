import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Files of PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  /** Nobody but the test knows this authority. */
  readonly authority: Certificate;
  /** Of 127.0.0.1. */
  readonly server: Certificate;
  readonly client: Certificate;
}

/** Makes them in a folder, where brokers that gave up being root can read them. */
export function makeCertificates(folder: string): Certificates {
  chmodSync(folder, 0o755);
  const make = (name: string, subject: string, ...extra: readonly string[]): Certificate => {
    const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const made = spawnSync('openssl', [...args, '-subj', subject, '-keyout', key, '-out', cert, ...extra]);
    if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
    chmodSync(key, 0o644);
    return { cert, key };
  };
  const authority = make('ca', '/CN=framehub test', '-addext', 'keyUsage=critical,keyCertSign');
  const signed = ['-CA', authority.cert, '-CAkey', authority.key];
  return {
    authority,
    server: make('server', '/CN=127.0.0.1', ...signed, '-addext', 'subjectAltName=IP:127.0.0.1'),
    client: make('client', '/CN=collector', ...signed),
  };
}
