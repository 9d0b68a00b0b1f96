import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@framehub/testing';
import type { ExecutionContext } from 'ava';
import { temporaryFolder } from '../snapshots.fixture.js';

export const hasMosquitto = spawnSync('mosquitto', ['-h']).error === undefined;
/** Whether mosquitto is installed and was built with WebSockets. */
export const hasWebSockets = hasMosquitto && supportsWebSockets();

/** They end also when a test crashes. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A real MQTT server, Debian's mosquitto, that can be stopped and started again on its port. */
export class MqttServer {
  readonly port: number;
  readonly #folder: string;
  readonly #settings: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, folder: string, settings: string) {
    this.port = port;
    this.#folder = folder;
    this.#settings = settings;
  }

  /** @param settings lines of mosquitto.conf beside the listener */
  static async start(t: ExecutionContext, settings = 'allow_anonymous true'): Promise<MqttServer> {
    const server = new MqttServer(await freePort(), temporaryFolder(t), settings);
    t.teardown(() => server.stop());
    await server.start();
    return server;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const config = join(this.#folder, 'mosquitto.conf');
    writeFileSync(config, `listener ${this.port} 127.0.0.1\n${this.#settings}\nlog_dest stderr\n`);
    const child = spawn('mosquitto', ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    const lines = createInterface({ input: child.stderr });
    await new Promise<void>((resolve, reject) => {
      const output: string[] = [];
      lines.on('line', (line) => output.push(line) && /mosquitto version .* running/.test(line) && resolve());
      child.once('close', () => reject(new Error(`mosquitto ended: ${output.join('\n')}`)));
    });
  }

  /** Ends it with all its connections and retained messages. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/** A further listener: a mosquitto with nothing but WebSockets does not start (2.0.11). */
export function websocketListener(port: number): string {
  return `listener ${port} 127.0.0.1\nprotocol websockets`;
}

/** Mosquitto reads its configuration line by line: it ends at the first one that it does not support. */
function supportsWebSockets(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'framehub-mosquitto-'));
  try {
    const config = join(folder, 'mosquitto.conf');
    writeFileSync(config, `listener 1 127.0.0.1\nprotocol websockets\nno_such_setting true\n`);
    const { stderr } = spawnSync('mosquitto', ['-c', config], { encoding: 'utf8', timeout: 10_000 });
    return !/websockets support (is )?not available/i.test(stderr);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
