import { type Hub, isFault, publicError } from '@framehub/frame';
import type { WebSocket } from 'ws';
import type { Backpressure } from './backpressure.js';
import { type Farewell, POLICY_VIOLATION, TRY_AGAIN_LATER } from './farewell.js';
import { MAX_CREDIT } from './feed.js';
import { Feeds, type FeedsContext } from './feeds.js';
import type { FrameWire } from './frame-wire.js';
import { aboutOf, type ClientMessage, type Request, readClientMessage } from './protocol/client-messages.js';
import { type About, type CameraReport, errorMessage } from './protocol/server-messages.js';
import { answerRequest, cameraOf } from './requests.js';
import { TextWire } from './text-wire.js';

/** So many wrong messages are a program that does not know the protocol. */
const MAX_WRONG = 10;
/** Questions to cameras that a connection may have open. */
const MAX_REQUESTS = 16;

export interface ConnectionContext extends FeedsContext {
  readonly hub: Hub;
  readonly maxMessage: number;
  reports(): readonly CameraReport[];
  readonly end: Farewell;
  /** Its messages could not be read. */
  expelled(): void;
  /** It reads too little. */
  stalled(): void;
  /** Something went wrong that is no fault of its client. */
  faulted(error: unknown): void;
}

/** One client of `framehub.v1`. */
export class Connection {
  readonly texts: TextWire;
  readonly #socket: WebSocket;
  readonly #context: ConnectionContext;
  readonly #mayChange: boolean;
  readonly #feeds: Feeds;
  #wrong = 0;
  #requests = 0;

  constructor(
    socket: WebSocket,
    wire: FrameWire,
    backpressure: Backpressure,
    context: ConnectionContext,
    mayChange: boolean,
  ) {
    this.#socket = socket;
    this.#context = context;
    this.#mayChange = mayChange;
    this.#feeds = new Feeds(wire, context);
    this.texts = new TextWire(socket, backpressure, () => {
      context.stalled();
      context.end(TRY_AGAIN_LATER, 'too many answers wait to be read');
    });
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    const { hub, maxSubscriptions, maxMessage } = context;
    this.texts.say({
      op: 'hello',
      version: 1,
      server: `framehub/${hub.version}`,
      time: Date.now(),
      cameras: context.reports(),
      limits: { subscriptions: maxSubscriptions, credit: MAX_CREDIT, messageBytes: maxMessage },
      mayChange,
    });
  }

  /** The wire is free again. */
  flush(): void {
    this.#feeds.flush();
  }

  /** The list of cameras is another: what is subscribed to may have left. */
  camerasChanged(present: ReadonlySet<string>): void {
    for (const { id, camera } of this.#feeds.prune(present)) this.texts.say({ op: 'ended', id, camera });
  }

  /** Lets go of all subscriptions. */
  close(): void {
    this.#feeds.close();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    // What was on its way when the connection ended.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const text = isBinary ? '' : data.toString();
    try {
      this.#obey(readClientMessage(text));
    } catch (error) {
      if (this.#refuse(error, aboutOf(text)) === 'WS_BAD_MESSAGE') this.#countWrong();
    }
  }

  #obey(message: ClientMessage): void {
    switch (message.op) {
      case 'credit':
        this.#feeds.grant(message.id, message.n);
        return;
      case 'subscribe':
        cameraOf(this.#context.hub, message.camera);
        this.#feeds.add(message);
        this.texts.say({ op: 'subscribed', id: message.id, camera: message.camera });
        return;
      case 'unsubscribe':
        this.#feeds.remove(message.id);
        return;
      case 'time':
        this.texts.say({ op: 'time', sent: message.sent, time: Date.now() });
        return;
      default:
        void this.#answer(message);
    }
  }

  async #answer(request: Request): Promise<void> {
    const { re } = request;
    if (this.#requests >= MAX_REQUESTS) {
      const message = `${MAX_REQUESTS} requests wait for their answers: send the next when one has come`;
      this.texts.say({ op: 'error', code: 'WS_TOO_MANY_REQUESTS', message, re });
      return;
    }
    this.#requests += 1;
    try {
      this.texts.say(await answerRequest(this.#context.hub, request, this.#mayChange));
    } catch (error) {
      this.#refuse(error, { re });
    } finally {
      this.#requests -= 1;
    }
  }

  /** @returns the code that was told */
  #refuse(error: unknown, about: About): string {
    if (isFault(error)) this.#context.faulted(error);
    const told = publicError(error, 'WS_INTERNAL');
    this.texts.say(errorMessage(told, about));
    return told.code;
  }

  #countWrong(): void {
    this.#wrong += 1;
    if (this.#wrong !== MAX_WRONG) return;
    this.#context.expelled();
    this.#context.end(POLICY_VIOLATION, `${MAX_WRONG} messages could not be read`);
  }
}
