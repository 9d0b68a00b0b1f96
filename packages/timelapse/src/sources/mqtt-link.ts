import { setTimeout as delay } from 'node:timers/promises';
import { boundMqttClient, type Logger } from '@framehub/frame';
import mqtt, { type IClientOptions, type IClientPublishOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { backOff } from './back-off.js';
import { networkProblem } from './network-problem.js';

/** Larger pictures are some mistake. MQTT 5 brokers do not send them then; from others none of it is kept. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
const STEADY_MS = 10_000;
/** Sources: MQTT 3.1.1, table 3.1 (return code 1), and MQTT 5, table 3-1 (reason code 0x84): unsupported protocol version. */
const WRONG_VERSION = [1, 132];

/** How to reach a broker. */
export interface BrokerOptions {
  readonly url: string;
  /** For people, without a password. */
  readonly label: string;
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: {
    readonly ca?: Buffer | undefined;
    readonly cert?: Buffer | undefined;
    readonly key?: Buffer | undefined;
  };
  /** 4 is MQTT 3.1.1. Undefined: 5 where the broker has it. */
  readonly protocolVersion: 4 | 5 | undefined;
}

/** What the user of a link is told. */
export interface LinkHost {
  readonly logger: Logger;
  /** Without it, there is no use in the connection. */
  readonly topic: string;
  /** Topics that are of use with this version of the protocol. */
  helpful(version: 4 | 5): readonly string[];
  message(topic: string, payload: Buffer, packet: IPublishPacket): void;
  /** Connected and subscribed; helpful topics may be closed to us, whatever the broker says. */
  up(): void;
  down(problem: string): void;
}

/**
 * A connection that is made again for ever, with growing waits. Nothing is kept from one to the next: what was to be
 * sent while there was none is not sent.
 */
export class MqttLink {
  #version: 4 | 5;
  #client: MqttClient | undefined;
  #connections = 0;
  readonly #closing = new AbortController();
  readonly #ended: Promise<void>;

  constructor(
    private readonly options: BrokerOptions,
    private readonly host: LinkHost,
  ) {
    this.#version = options.protocolVersion ?? 5;
    this.#ended = this.#run();
  }

  get version(): 4 | 5 {
    return this.#version;
  }

  /** How often it has been up: more than once, and something may have been missed. */
  get connections(): number {
    return this.#connections;
  }

  /** Sends a message once if there is a connection, and never later. */
  publish(topic: string, payload: string, options: IClientPublishOptions): void {
    this.#client?.publish(topic, payload, options, (error) => {
      if (error) this.host.logger.debug({ err: error, topic }, 'a message was not sent');
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#client?.endAsync(true);
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; ) {
      const began = performance.now();
      const end = await this.#connect();
      if (signal.aborted) return;
      if (end.wrongVersion && this.#version === 5 && this.options.protocolVersion === undefined) {
        this.#version = 4;
        continue;
      }
      this.host.down(end.problem);
      // One that was short-lived is a failure too: two of one client ID throw each other out, again and again.
      if (performance.now() - began > STEADY_MS) failures = 0;
      await delay(backOff(failures), undefined, { signal }).catch(() => {});
      failures += 1;
    }
  }

  /** Resolves when the connection has ended, or was none, with the reason. */
  #connect(): Promise<{ readonly problem: string; readonly wrongVersion: boolean }> {
    const client = mqtt.connect(this.options.url, this.#clientOptions());
    this.#client = client;
    let problem: string | undefined;
    let wrongVersion = false;
    const fail = (reason: string) => {
      problem ??= reason;
      client.end(true);
    };
    boundMqttClient(client, MAX_MESSAGE_BYTES, (fault) => {
      fail(`${this.options.label}: ${fault.message}`);
      client.stream.destroy();
    });
    client.on(
      'connect',
      () => void this.#subscribe(client).catch((error) => fail(`${this.options.label}: ${networkProblem(error)}`)),
    );
    client.on('message', (topic, payload, packet) => {
      if (!this.#closing.signal.aborted) this.host.message(topic, payload, packet);
    });
    // Stays for as long as the client does: some errors come behind its end.
    client.on('error', (error: Error & { readonly code?: unknown }) => {
      wrongVersion ||= WRONG_VERSION.includes(Number(error.code));
      fail(`${this.options.label}: ${networkProblem(error)}`);
    });
    client.on('disconnect', (packet) =>
      fail(`${this.options.label} ended the connection (reason ${packet.reasonCode})`),
    );
    return new Promise((resolve) => {
      client.once('close', () => {
        client.end(true);
        resolve({ problem: problem ?? `${this.options.label} closed the connection`, wrongVersion });
      });
    });
  }

  async #subscribe(client: MqttClient): Promise<void> {
    const { topic, helpful, logger } = this.host;
    const options = { qos: 1 } as const;
    const subscriptions = helpful(this.#version).map((name) =>
      client
        .subscribeAsync(name, options)
        .catch((error) => logger.info({ err: error }, `the broker does not let us read ${name}`)),
    );
    await client.subscribeAsync(topic, options).catch((error) => {
      throw new Error(`it does not let us read ${topic} (${error.message})`);
    });
    await Promise.all(subscriptions);
    if (this.#closing.signal.aborted) return;
    this.#connections += 1;
    this.host.up();
  }

  #clientOptions(): IClientOptions {
    const { clientId, username, password, tls } = this.options;
    return {
      ...tls,
      clientId,
      username,
      // Texts are shown by the library's packet writer to whoever sets DEBUG.
      password: password === undefined ? undefined : Buffer.from(password),
      // As are all options by its own log.
      log: () => {},
      protocolVersion: this.#version,
      clean: true,
      keepalive: 30,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      queueQoSZero: false,
      resubscribe: false,
      // Frames that hold no more than a message, and are what they say they are.
      wsOptions: { maxPayload: MAX_MESSAGE_BYTES + 16, perMessageDeflate: false },
      ...(this.#version === 5 && { properties: { maximumPacketSize: MAX_MESSAGE_BYTES } }),
    };
  }
}
