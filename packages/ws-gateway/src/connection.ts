import {
  type CameraView,
  type ControlValues,
  FramehubError,
  type Hub,
  isFault,
  type Logger,
  publicError,
  reportControls,
  reportSettings,
  type SettingsChange,
  unknownCamera,
} from '@framehub/frame';
import type { CameraInfo, ErrorSubject, ServerMessage } from '@framehub/frame/protocol';
import type { WebSocket } from 'ws';
import { type CloseConnection, POLICY_VIOLATION, TRY_AGAIN_LATER } from './close.js';
import type { FrameWriter } from './frame-writer.js';
import { MessageWriter, type ReadBackpressure } from './message-writer.js';
import { type ReceivedMessage, type RequestMessage, readClientMessage, subjectOf } from './messages.js';
import { MAX_CREDIT } from './pending-frame.js';
import { Subscriptions, type SubscriptionsContext } from './subscriptions.js';

/** Invalid messages after which a connection is closed: its program does not know the protocol. */
const MAX_INVALID_MESSAGES = 10;
/** Requests that a connection may have in progress. */
const MAX_REQUESTS = 16;

export interface ConnectionContext extends SubscriptionsContext {
  readonly hub: Hub;
  readonly maxMessageBytes: number;
  /** Whether controls and settings may be changed. */
  readonly canControl: boolean;
  readonly backpressure: ReadBackpressure;
  readonly close: CloseConnection;
  readonly logger: Logger;
  cameras(): readonly CameraInfo[];
  /** Called when the client reads too little. */
  onStalled(): void;
}

/** One client of `framehub.v1`. */
export class Connection {
  readonly messages: MessageWriter;
  readonly #socket: WebSocket;
  readonly #context: ConnectionContext;
  readonly #subscriptions: Subscriptions;
  #invalidMessages = 0;
  #requests = 0;

  constructor(socket: WebSocket, frames: FrameWriter, context: ConnectionContext) {
    const { hub, maxSubscriptions, maxMessageBytes, canControl, backpressure, close } = context;
    this.#socket = socket;
    this.#context = context;
    this.#subscriptions = new Subscriptions(frames, context);
    this.messages = new MessageWriter(socket, backpressure, () => {
      context.onStalled();
      close(TRY_AGAIN_LATER, 'too many answers were not read');
    });
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    this.messages.send({
      op: 'hello',
      version: 1,
      server: `framehub/${hub.version}`,
      time: Date.now(),
      cameras: context.cameras(),
      limits: { subscriptions: maxSubscriptions, credit: MAX_CREDIT, messageBytes: maxMessageBytes },
      canControl,
    });
  }

  /** To be called when the socket has taken the last frame. */
  flush(): void {
    this.#subscriptions.flush();
  }

  /** Ends the subscriptions of all cameras but these. */
  removeOthers(cameras: ReadonlySet<string>): void {
    for (const { id, camera } of this.#subscriptions.keepOnly(cameras)) this.messages.send({ op: 'ended', id, camera });
  }

  /** Ends all subscriptions. */
  close(): void {
    this.#subscriptions.close();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    // It was on its way when the connection was closed.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const text = isBinary ? '' : data.toString();
    try {
      this.#handle(readClientMessage(text));
    } catch (error) {
      if (this.#sendError(error, subjectOf(text)) === 'WS_BAD_MESSAGE') this.#countInvalid();
    }
  }

  #handle(message: ReceivedMessage): void {
    switch (message.op) {
      case 'credit':
        this.#subscriptions.addCredit(message.id, message.count);
        return;
      case 'subscribe':
        findCamera(this.#context.hub, message.camera);
        this.#subscriptions.add(message);
        this.messages.send({ op: 'subscribed', id: message.id, camera: message.camera });
        return;
      case 'unsubscribe':
        this.#subscriptions.remove(message.id);
        return;
      case 'time':
        this.messages.send({ op: 'time', sent: message.sent, time: Date.now() });
        return;
      default:
        void this.#respond(message);
    }
  }

  async #respond(request: RequestMessage): Promise<void> {
    const { requestId } = request;
    if (this.#requests >= MAX_REQUESTS) {
      const message = `${MAX_REQUESTS} requests are in progress: send the next one when one has been answered`;
      this.messages.send({ op: 'error', code: 'WS_TOO_MANY_REQUESTS', message, requestId });
      return;
    }
    this.#requests += 1;
    try {
      this.messages.send(await responseTo(request, this.#context));
    } catch (error) {
      this.#sendError(error, { requestId });
    } finally {
      this.#requests -= 1;
    }
  }

  /** @returns the code that was sent */
  #sendError(error: unknown, subject: ErrorSubject): string {
    if (isFault(error)) this.#context.logger.error({ err: error }, 'internal error while serving a WebSocket client');
    const { code, message } = publicError(error, 'WS_INTERNAL');
    this.messages.send({ op: 'error', code, message, ...subject });
    return code;
  }

  #countInvalid(): void {
    this.#invalidMessages += 1;
    if (this.#invalidMessages !== MAX_INVALID_MESSAGES) return;
    this.#context.traffic.clientsDropped.add('protocol');
    this.#context.close(POLICY_VIOLATION, `${MAX_INVALID_MESSAGES} messages were invalid`);
  }
}

/** @throws `WS_FORBIDDEN`, `CAMERA_UNKNOWN`, and what the camera throws */
async function responseTo(
  request: RequestMessage,
  { hub, canControl }: Pick<ConnectionContext, 'hub' | 'canControl'>,
): Promise<ServerMessage> {
  const { requestId, camera, op } = request;
  if (op !== 'getControls' && !canControl)
    throw new FramehubError(
      'WS_FORBIDDEN',
      'pages of this origin may view but not change anything: list the origin under http.cors in the configuration',
    );
  const view = findCamera(hub, camera);
  switch (op) {
    case 'getControls':
      return { op: 'response', requestId, controls: reportControls(await view.controls()) };
    case 'setControls': {
      const controls = await view.setControls(request.values as ControlValues);
      return { op: 'response', requestId, controls: reportControls(controls) };
    }
    case 'setSettings': {
      const settings = await view.change(request.settings as SettingsChange);
      return { op: 'response', requestId, settings: reportSettings(settings) };
    }
  }
}

/** @throws FramehubError `CAMERA_UNKNOWN` */
export function findCamera(hub: Hub, name: string): CameraView {
  const views = hub.cameras();
  const view = views.find((candidate) => candidate.name === name);
  if (view) return view;
  throw unknownCamera(
    name,
    views.map((candidate) => candidate.name),
  );
}
