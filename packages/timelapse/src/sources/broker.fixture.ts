import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@framehub/testing';
import type { ExecutionContext } from 'ava';
import { temporaryFolder } from '../pictures.fixture.js';

export const hasMosquitto = spawnSync('mosquitto', ['-h']).error === undefined;

/** A test that crashes leaves none behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A real broker, Debian's mosquitto, that can be stopped and started again on its port. */
export class Broker {
  #child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly settings: string,
  ) {}

  /** @param settings lines of mosquitto.conf beside the listener */
  static async start(t: ExecutionContext, settings = 'allow_anonymous true'): Promise<Broker> {
    const broker = new Broker(await freePort(), temporaryFolder(t), settings);
    t.teardown(() => broker.stop());
    await broker.start();
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const config = join(this.folder, 'mosquitto.conf');
    writeFileSync(config, `listener ${this.port} 127.0.0.1\n${this.settings}\nlog_dest stderr\n`);
    const child = spawn('mosquitto', ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    const lines = createInterface({ input: child.stderr });
    await new Promise<void>((resolve, reject) => {
      const said: string[] = [];
      lines.on('line', (line) => said.push(line) && /mosquitto version .* running/.test(line) && resolve());
      child.once('close', () => reject(new Error(`mosquitto ended: ${said.join('\n')}`)));
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
export function websockets(port: number): string {
  return `listener ${port} 127.0.0.1\nprotocol websockets`;
}

/** For a broker that does not start: some builds have no WebSockets; for any other reason the test fails. */
export function skipWithoutWebSockets(error: Error): undefined {
  if (!/websockets support (is )?not available/i.test(error.message)) throw error;
  console.warn('SKIPPED: this mosquitto has no WebSockets');
}
