import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';

/** Whether the program `openssl` is installed, which {@link makeCertificates} needs. */
export const hasOpenssl = (): boolean => !spawnSync('openssl', ['version']).error;

/** A certificate and its key, as files and as texts. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** Made by {@link makeCertificates}. */
export interface Certificates {
  /** Not trusted outside of the test. */
  readonly authority: Certificate;
  /** For 127.0.0.1. */
  readonly server: Certificate;
  readonly client: Certificate;
}

/**
 * Makes an authority, and certificates of a server and a client, valid for two days.
 *
 * @param path returns where to write a file of this name; an MQTT server that drops root rights must be able to read it
 * @throws Error if openssl fails
 */
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
