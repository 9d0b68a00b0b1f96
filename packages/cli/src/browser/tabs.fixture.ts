import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { ExecutionContext } from 'ava';
import { CHROMIUM, CHROMIUM_ARGUMENTS } from './chromium.fixture.js';

/**
 * A browser whose tabs are hidden by one another as a person's are. Playwright's are not: it reports to each that it is in
 * front. So this speaks to Chromium itself, in its DevTools protocol over a pipe.
 */
export class Tabs {
  readonly #pipe: Duplex;
  readonly #waiting = new Map<number, (result: { targetId: string }) => void>();
  #next = 1;
  #rest = '';

  private constructor(incoming: NodeJS.ReadableStream, outgoing: Duplex) {
    this.#pipe = outgoing;
    incoming.on('data', (data: Buffer) => {
      const messages = (this.#rest + data).split('\0');
      this.#rest = messages.pop() ?? '';
      for (const message of messages) {
        const { id, result } = JSON.parse(message);
        this.#waiting.get(id)?.(result);
      }
    });
  }

  /** Until the test ends. */
  static async open(t: ExecutionContext): Promise<Tabs> {
    const profile = await mkdtemp(join(tmpdir(), 'framehub-tabs-'));
    const args = [...CHROMIUM_ARGUMENTS, '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'];
    const child = spawn(CHROMIUM as string, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    const gone = once(child, 'exit');
    const [, , , outgoing, incoming] = child.stdio;
    const tabs = new Tabs(incoming as NodeJS.ReadableStream, outgoing as Duplex);
    t.teardown(async () => {
      void tabs.#send('Browser.close', {});
      await gone;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    });
    return tabs;
  }

  /** Opens an address in a tab in front of all others. Returns its id. */
  async create(url: string): Promise<string> {
    return (await this.#send('Target.createTarget', { url })).targetId;
  }

  /** Brings a tab to the front. */
  async activate(targetId: string): Promise<void> {
    await this.#send('Target.activateTarget', { targetId });
  }

  #send(method: string, params: object): Promise<{ targetId: string }> {
    const id = this.#next++;
    this.#pipe.write(`${JSON.stringify({ id, method, params })}\0`);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }
}
