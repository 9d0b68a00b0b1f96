import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@framehub/testing';
import type { ExecutionContext } from 'ava';

/** Debian's path is not in every user's PATH. */
export const MOSQUITTO = ['mosquitto', '/usr/sbin/mosquitto'].find((path) => !spawnSync(path, ['-h']).error);

export const hasMosquitto = MOSQUITTO !== undefined && !spawnSync('mosquitto_sub', ['--help']).error;

/** Whether this build of mosquitto has WebSockets. */
export const hasWebSockets = hasMosquitto && !/websockets support/i.test(configurationError('protocol websockets'));

/** What mosquitto prints for a configuration with this line. An unknown last line makes it always exit. */
function configurationError(line: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'framehub-mosquitto-'));
  const path = join(folder, 'mosquitto.conf');
  writeFileSync(path, `listener 1 127.0.0.1\n${line}\nno_such_option true\n`);
  const { stderr } = spawnSync(MOSQUITTO ?? 'mosquitto', ['-c', path], { encoding: 'utf8' });
  rmSync(folder, { recursive: true, force: true });
  return stderr;
}

/** mosquitto, Debian's MQTT server, on a free port of this machine, with a configuration of its own. */
export class Mosquitto {
  readonly #folder = mkdtempSync(join(tmpdir(), 'framehub-mosquitto-'));
  #child: ChildProcess | undefined;

  readonly port: number;
  readonly #lines: readonly string[];

  private constructor(port: number, lines: readonly string[]) {
    this.port = port;
    this.#lines = lines;
    // mosquitto drops its root privileges.
    chmodSync(this.#folder, 0o755);
  }

  /** @param lines of its configuration. @default anyone may connect */
  static async start(t: ExecutionContext, lines: readonly string[] = ['allow_anonymous true']): Promise<Mosquitto> {
    const server = new Mosquitto(await freePort(), lines);
    t.teardown(() => server.#remove());
    await server.start();
    return server;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** Writes a file for its configuration. */
  file(name: string, text: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, text, { mode: 0o644 });
    return path;
  }

  async start(): Promise<void> {
    const lines = [`listener ${this.port} 127.0.0.1`, ...this.#lines, 'log_dest stderr', ''];
    const config = this.file('mosquitto.conf', lines.join('\n'));
    const child = spawn(MOSQUITTO ?? 'mosquitto', ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    // The first listener is ready before the others.
    await new Promise<void>((resolve, reject) => {
      let printed = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        printed = `${printed}${text}`.slice(-2000);
        if (/mosquitto version .* running/.test(printed)) resolve();
      });
      child.once('close', () => reject(new Error(`mosquitto ended: ${this.#lines.join('; ')}: ${printed}`)));
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async #remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Runs mosquitto_sub to its end. @returns what it printed */
export async function mosquittoSub(t: ExecutionContext, port: number, ...args: readonly string[]): Promise<Buffer> {
  const child = spawn('mosquitto_sub', ['-h', '127.0.0.1', '-p', String(port), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill());
  const chunks: Buffer[] = [];
  const faults: Buffer[] = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => faults.push(chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`mosquitto_sub ${args.join(' ')}: ${code} ${Buffer.concat(faults)}`);
  return Buffer.concat(chunks);
}
