import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';

export const hasOpenssl = (): boolean => !spawnSync('openssl', ['version']).error;

/** A certificate and its key, as files and as texts. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
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

/** @param path where a file of this name goes; brokers that gave up being root must be able to read it */
export function makeCertificates(path: (name: string) => string): Certificates {
  const make = (name: string, subject: string, ...extra: readonly string[]): Certificate => {
    const [certFile, keyFile] = [path(`${name}.crt`), path(`${name}.key`)];
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const made = spawnSync('openssl', [...args, '-subj', subject, '-keyout', keyFile, '-out', certFile, ...extra]);
    if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
    chmodSync(keyFile, 0o644);
    return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  };
  const authority = make('ca', '/CN=framehub test', '-addext', 'keyUsage=critical,keyCertSign');
  const signed = ['-CA', authority.certFile, '-CAkey', authority.keyFile];
  return {
    authority,
    server: make('server', '/CN=127.0.0.1', ...signed, '-addext', 'subjectAltName=IP:127.0.0.1'),
    client: make('client', '/CN=camera', ...signed),
  };
}
