import { setTimeout as delay } from 'node:timers/promises';
import { BackOff, boundMqttClient, type Logger } from '@framehub/frame';
import mqtt, { type IClientOptions, type IClientPublishOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { networkProblem } from '../errors.js';
import type { MqttLinkOptions } from '../source.js';

/** Larger snapshots are a mistake. MQTT 5 servers do not send them then; from others, nothing of them is kept. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_SECONDS = 30;
const MAX_RETRY_MS = 30_000;
/** A connection that lasted so long was a success. */
const STEADY_MS = 10_000;
/** Sources: MQTT 3.1.1, table 3.1 (return code 1), and MQTT 5, table 3-1 (reason code 0x84): unsupported protocol version. */
const WRONG_VERSION = [1, 132];

/** What a link needs of its user. */
export interface LinkHost {
  readonly logger: Logger;
  /** The MQTT topic without which the connection is of no use. */
  readonly topic: string;
  /** MQTT topics that are useful with this version of the protocol. */
  optionalTopics(version: 4 | 5): readonly string[];
  message(topic: string, payload: Buffer, packet: IPublishPacket): void;
  /** Connected and subscribed. The server may withhold optional topics without saying so. */
  up(): void;
  down(problem: string): void;
}

/**
 * A connection that is made again for ever, with growing waits. Nothing is kept from one to the next: what could not be
 * sent while there was no connection is never sent.
 */
export class MqttLink {
  readonly #options: MqttLinkOptions;
  readonly #host: LinkHost;
  readonly #closing = new AbortController();
  readonly #ended: Promise<void>;
  #version: 4 | 5;
  #client: MqttClient | undefined;
  #connections = 0;

  constructor(options: MqttLinkOptions, host: LinkHost) {
    this.#options = options;
    this.#host = host;
    this.#version = options.protocolVersion ?? 5;
    this.#ended = this.#run();
  }

  get version(): 4 | 5 {
    return this.#version;
  }

  /** Number of connections so far: after the first, something may have been missed. */
  get connections(): number {
    return this.#connections;
  }

  /** Sends a message if there is a connection, and never later. */
  publish(topic: string, payload: string, options: IClientPublishOptions): void {
    this.#client?.publish(topic, payload, options, (error) => {
      if (error) this.#host.logger.debug({ err: error, topic }, 'a message was not sent');
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#client?.endAsync(true);
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const backOff = new BackOff({ maxMs: MAX_RETRY_MS });
    while (!signal.aborted) {
      const start = performance.now();
      const end = await this.#connect();
      if (signal.aborted) return;
      if (end.wrongVersion && this.#version === 5 && this.#options.protocolVersion === undefined) {
        this.#version = 4;
        continue;
      }
      this.#host.down(end.problem);
      // A short connection is a failure too: two clients with one ID disconnect each other again and again.
      if (performance.now() - start > STEADY_MS) backOff.reset();
      await delay(backOff.next(), undefined, { signal }).catch(() => {});
    }
  }

  /** Resolves with the reason when the connection has ended or failed. */
  #connect(): Promise<{ readonly problem: string; readonly wrongVersion: boolean }> {
    const { url, label } = this.#options;
    const client = mqtt.connect(url, this.#clientOptions());
    this.#client = client;
    let problem: string | undefined;
    let wrongVersion = false;
    const fail = (reason: string) => {
      problem ??= reason;
      client.end(true);
    };
    boundMqttClient(client, MAX_MESSAGE_BYTES, (fault) => {
      fail(`${label}: ${fault.message}`);
      client.stream.destroy();
    });
    client.on('connect', () => {
      this.#subscribe(client).catch((error) => fail(`${label}: ${networkProblem(error)}`));
    });
    client.on('message', (topic, payload, packet) => {
      if (!this.#closing.signal.aborted) this.#host.message(topic, payload, packet);
    });
    // Stays for as long as the client does: some errors come after its end.
    client.on('error', (error: Error & { readonly code?: unknown }) => {
      wrongVersion ||= WRONG_VERSION.includes(Number(error.code));
      fail(`${label}: ${networkProblem(error)}`);
    });
    client.on('disconnect', ({ reasonCode }) => fail(`${label} ended the connection (reason ${reasonCode})`));
    return new Promise((resolve) => {
      client.once('close', () => {
        client.end(true);
        resolve({ problem: problem ?? `${label} closed the connection`, wrongVersion });
      });
    });
  }

  async #subscribe(client: MqttClient): Promise<void> {
    const { topic, logger } = this.#host;
    const subscribe = (name: string) => client.subscribeAsync(name, { qos: 1 });
    const optional = this.#host
      .optionalTopics(this.#version)
      .map((name) =>
        subscribe(name).catch((error) =>
          logger.info({ err: error }, `the MQTT server refuses to subscribe to ${name}`),
        ),
      );
    await subscribe(topic).catch((error) => {
      throw new Error(`it refuses to subscribe to ${topic} (${error.message})`);
    });
    await Promise.all(optional);
    if (this.#closing.signal.aborted) return;
    this.#connections += 1;
    this.#host.up();
  }

  #clientOptions(): IClientOptions {
    const { clientId, username, password, tls } = this.#options;
    return {
      ...(tls.ca && { ca: tls.ca }),
      ...(tls.cert && { cert: tls.cert }),
      ...(tls.key && { key: tls.key }),
      clientId,
      ...(username !== undefined && { username }),
      // With DEBUG set, the library's packet writer logs texts, but not bytes.
      ...(password !== undefined && { password: Buffer.from(password) }),
      // The library's log has all options.
      log: () => {},
      protocolVersion: this.#version,
      clean: true,
      keepalive: KEEP_ALIVE_SECONDS,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      queueQoSZero: false,
      resubscribe: false,
      // A WebSocket frame holds one message at most, and is not compressed.
      wsOptions: { maxPayload: MAX_MESSAGE_BYTES + 16, perMessageDeflate: false },
      ...(this.#version === 5 && { properties: { maximumPacketSize: MAX_MESSAGE_BYTES } }),
    };
  }
}
