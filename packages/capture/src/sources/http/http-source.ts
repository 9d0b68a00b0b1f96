import type { IncomingMessage } from 'node:http';
import { FramehubError } from '@framehub/frame';
import { type HttpOptions, labelOf } from '../../options.js';
import { Ticker } from '../../thread/ticker.js';
import { JpegIntake, MAX_JPEG_BYTES } from '../jpeg-intake.js';
import type { Source, SourceHost } from '../source.js';
import { MultipartReader } from './multipart-reader.js';
import { basicAuth, failure, reasonOf, request } from './request.js';

const DEFAULT_POLLS_PER_SECOND = 5;
/** A page that is reloaded, or a snapshot every few seconds, should not cost a connection each time. */
const LINGER_MS = 5000;
/** No camera sends as many per second, even where some have queued up. */
const MAX_PARTS = 1000;
const PARTS_WINDOW_MS = 1000;

/** Another program's MJPEG stream, or its snapshots, requested at a rate; connected while frames are wanted. */
export class HttpSource implements Source {
  readonly #host: SourceHost;
  readonly #url: URL;
  readonly #auth: string | undefined;
  readonly #label: string;
  readonly #intake: JpegIntake;
  readonly #ticker: Ticker;
  /** The present request, if there is one. */
  #connection: AbortController | undefined;
  #kind: 'unknown' | 'stream' | 'snapshot' = 'unknown';
  #wanted = false;
  /** A frame has come: until then it does not rest, so that faults are found. */
  #given = false;
  #parts = 0;
  #partsSince = 0;
  #lingering: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(options: HttpOptions, host: SourceHost) {
    this.#host = host;
    this.#url = new URL(options.url);
    this.#auth = basicAuth(options);
    [this.#url.username, this.#url.password] = ['', ''];
    this.#label = labelOf(options);
    this.#intake = new JpegIntake(host);
    this.#ticker = new Ticker(options.fps ?? DEFAULT_POLLS_PER_SECOND, () => void this.#connect());
  }

  /** Connects, so that a wrong address is found at once. @throws a `CAPTURE_HTTP_…` error */
  static async open(options: HttpOptions, host: SourceHost): Promise<HttpSource> {
    const source = new HttpSource(options, host);
    const response = await source.#request(new AbortController());
    const fps = source.#kind === 'snapshot' ? (options.fps ?? DEFAULT_POLLS_PER_SECOND) : undefined;
    host.opened({ label: source.#label, fps });
    void source.#read(response);
    source.#update();
    return source;
  }

  /** The image of a snapshot address may well stay the same. */
  get lively(): boolean {
    return this.#kind === 'stream';
  }

  get expecting(): boolean {
    return this.#connection !== undefined || this.#ticker.running;
  }

  demand(wanted: boolean): void {
    this.#wanted = wanted;
    this.#update();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#lingering);
    this.#disconnect();
  }

  #update(): void {
    clearTimeout(this.#lingering);
    if (this.#closed) return;
    if (this.#wanted || !this.#given) {
      if (this.#kind === 'snapshot') this.#ticker.start();
      else void this.#connect();
      return;
    }
    this.#ticker.stop();
    this.#lingering = setTimeout(() => this.#disconnect(), LINGER_MS);
  }

  #disconnect(): void {
    this.#ticker.stop();
    this.#connection?.abort();
    this.#connection = undefined;
  }

  async #connect(): Promise<void> {
    if (this.#connection || this.#closed) return;
    const connection = new AbortController();
    try {
      await this.#read(await this.#request(connection));
    } catch (error) {
      if (this.#connection === connection) this.#fail(error);
    }
  }

  async #request(connection: AbortController): Promise<Response> {
    this.#connection = connection;
    const message = await request(this.#url, this.#auth, this.#label, connection.signal);
    const type = message.headers['content-type'] ?? '';
    if (/^multipart\//i.test(type)) this.#kind = 'stream';
    else if (/^image\/jpe?g\b/i.test(type)) this.#kind = 'snapshot';
    else {
      message.destroy();
      const sent = type === '' ? 'no content type' : type.slice(0, 60);
      throw new FramehubError(
        'CAPTURE_HTTP_NOT_IMAGES',
        `${this.#label} sends ${sent}: give the address of an MJPEG stream or of a JPEG`,
        { label: this.#label, type },
      );
    }
    return { message, type, connection };
  }

  /** Reads a response to its end. A stream has none: when it ends, it has failed. */
  async #read({ message, type, connection }: Response): Promise<void> {
    try {
      if (this.#kind === 'snapshot') this.#offer(await wholeBody(message, this.#label));
      else await this.#readStream(message, type);
      if (this.#connection === connection) this.#connection = undefined;
    } catch (error) {
      if (this.#connection === connection) this.#fail(error);
    }
  }

  async #readStream(message: IncomingMessage, type: string): Promise<void> {
    const reader = new MultipartReader(
      type,
      (part) => this.#offer(part),
      () => this.#host.drop('malformed'),
    );
    for await (const chunk of chunksOf(message, this.#label)) reader.push(chunk);
    throw failure(this.#label, 'the stream has ended');
  }

  #offer(jpeg: Uint8Array): void {
    this.#count();
    if (this.#intake.offer(jpeg) === 'broken' || this.#given) return;
    this.#given = true;
    this.#update();
  }

  /** Throws `CAPTURE_HTTP_MALFORMED` when more parts come than from any camera: each would cost work. */
  #count(): void {
    const now = performance.now();
    if (now - this.#partsSince >= PARTS_WINDOW_MS) [this.#parts, this.#partsSince] = [0, now];
    this.#parts += 1;
    if (this.#parts <= MAX_PARTS) return;
    throw new FramehubError(
      'CAPTURE_HTTP_MALFORMED',
      `${this.#label} sends more than ${MAX_PARTS} frames per second, which no camera does`,
      { label: this.#label },
    );
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.#disconnect();
    this.#host.fail(error);
  }
}

interface Response {
  readonly message: IncomingMessage;
  readonly type: string;
  readonly connection: AbortController;
}

/** A response's body. Throws `CAPTURE_HTTP_FAILED`. */
async function* chunksOf(message: IncomingMessage, label: string): AsyncGenerator<Uint8Array> {
  const chunks = message[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { value, done } = await chunks.next().catch((error: unknown) => {
        throw failure(label, reasonOf(error));
      });
      if (done) return;
      yield value as Uint8Array;
    }
  } finally {
    message.destroy();
  }
}

async function wholeBody(message: IncomingMessage, label: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunksOf(message, label)) {
    length += chunk.length;
    if (length > MAX_JPEG_BYTES)
      throw new FramehubError(
        'CAPTURE_HTTP_TOO_LARGE',
        `${label} sends an image of more than ${MAX_JPEG_BYTES} bytes`,
        { label },
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
