import type { ControlReport, SettingsReport, StatusReport } from './reports.js';

/**
 * Types of the WebSocket protocol `framehub.v1`, shared by server and client: JSON texts told apart by `op`, and binary
 * messages for frames (see the README of `@framehub/ws-gateway`). Types only, without those of Node or the DOM.
 */
export type Subprotocol = 'framehub.v1';

export type { ControlReport, SettingsReport };

/** A camera and its state, as the server reports it. */
export interface CameraInfo extends StatusReport {
  /** Viewers at all gateways. */
  readonly viewers: number;
}

/** What changes from second to second, by camera: measured frames per second, and viewers at all gateways. */
export type CameraStats = Readonly<Record<string, readonly [fps: number, viewers: number]>>;

/** How a client wants its frames. Absent: as the camera delivers them. */
export interface FrameOptions {
  /** Frames per second at most. */
  readonly fps?: number | undefined;
  /** Pixels; never enlarges. */
  readonly width?: number | undefined;
  /** JPEG quality, 1 to 100. */
  readonly quality?: number | undefined;
  /** Degrees clockwise. */
  readonly rotate?: SettingsReport['rotate'] | undefined;
  readonly flip?: SettingsReport['flip'] | undefined;
}

/** Values of controls by name. For a menu, the text of an item is a value too. */
export type ControlValues = Readonly<Record<string, number | boolean | string>>;

/** Settings to change; `null` restores the camera's default. */
export type SettingsChange = { readonly [K in Exclude<keyof SettingsReport, 'profiles'>]?: SettingsReport[K] };

/** What a client may ask of a camera. Each request is answered by a `response` or an `error`. */
export type Question =
  | { readonly op: 'getControls' }
  | { readonly op: 'setControls'; readonly values: ControlValues }
  | { readonly op: 'setSettings'; readonly settings: SettingsChange };

/** A question with its camera. The client chooses the number, which the answer repeats. */
export type RequestMessage = { readonly requestId: number; readonly camera: string } & Question;

/** What a client sends. */
export type ClientMessage =
  | (FrameOptions & {
      readonly op: 'subscribe';
      /** Chosen by the client; unique on its connection. */
      readonly id: number;
      readonly camera: string;
      /** Frames that may be sent at once, 0 to 16. @default 2 */
      readonly credit?: number;
    })
  /** Grants more frames, at most 16 in all. @default count 1 */
  | { readonly op: 'credit'; readonly id: number; readonly count?: number }
  | { readonly op: 'unsubscribe'; readonly id: number }
  /** Asks for the server's clock. `sent` is the client's own clock in milliseconds, which the answer repeats. */
  | { readonly op: 'time'; readonly sent: number }
  | RequestMessage;

/** What the server sends. */
export type ServerMessage =
  | {
      readonly op: 'hello';
      readonly version: 1;
      /** Name and version: `framehub/0.1.0`. */
      readonly server: string;
      /** The server's clock, in Unix milliseconds. */
      readonly time: number;
      readonly cameras: readonly CameraInfo[];
      readonly limits: { readonly subscriptions: number; readonly credit: number; readonly messageBytes: number };
      /** Whether controls and settings may be changed over this connection. */
      readonly canControl: boolean;
    }
  /** The list of cameras changed. */
  | { readonly op: 'cameras'; readonly cameras: readonly CameraInfo[] }
  /** The state of a camera changed. */
  | { readonly op: 'status'; readonly camera: CameraInfo }
  /** Sent every two seconds when a value changed. */
  | { readonly op: 'stats'; readonly cameras: CameraStats }
  | { readonly op: 'subscribed'; readonly id: number; readonly camera: string }
  /** A subscription ended because its camera was removed. */
  | { readonly op: 'ended'; readonly id: number; readonly camera: string }
  /** Settings of a camera changed. */
  | { readonly op: 'settings'; readonly camera: string; readonly settings: SettingsReport }
  /** Values of controls changed: all controls, with the names of the changed ones. */
  | {
      readonly op: 'controls';
      readonly camera: string;
      readonly controls: readonly ControlReport[];
      readonly changed: readonly string[];
      /** Who changed them: framehub, or another program that uses the camera. */
      readonly origin: 'framehub' | 'external';
    }
  /** Unix milliseconds of the server's clock. */
  | { readonly op: 'time'; readonly sent: number; readonly time: number }
  | {
      readonly op: 'response';
      readonly requestId: number;
      readonly controls?: readonly ControlReport[];
      readonly settings?: SettingsReport;
    }
  | ({ readonly op: 'error'; readonly code: string; readonly message: string } & ErrorSubject);

/** The request or the subscription that an error belongs to. */
export interface ErrorSubject {
  readonly requestId?: number | undefined;
  readonly id?: number | undefined;
}
