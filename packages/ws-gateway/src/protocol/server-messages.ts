import {
  type CameraView,
  type ControlOrigin,
  type ControlReport,
  type ErrorReport,
  reportStatus,
  type SettingsReport,
  type StatusReport,
} from '@framehub/frame';

export const SUBPROTOCOL = 'framehub.v1';

/** A camera as a client is told of it. */
export interface CameraReport extends StatusReport {
  /** Of all gateways. */
  readonly viewers: number;
}

/** What changes from second to second: measured frames a second, and viewers. */
export type Beat = Readonly<Record<string, readonly [fps: number, viewers: number]>>;

export type ServerMessage =
  | {
      readonly op: 'hello';
      readonly version: 1;
      readonly server: string;
      /** The server's clock, in Unix milliseconds. */
      readonly time: number;
      readonly cameras: readonly CameraReport[];
      readonly limits: { readonly subscriptions: number; readonly credit: number; readonly messageBytes: number };
      /** Whether settings may be changed over this connection. */
      readonly mayChange: boolean;
    }
  | { readonly op: 'cameras'; readonly cameras: readonly CameraReport[] }
  | { readonly op: 'status'; readonly camera: CameraReport }
  | { readonly op: 'beat'; readonly cameras: Beat }
  | { readonly op: 'subscribed'; readonly id: number; readonly camera: string }
  /** A subscription is over: its camera has left. */
  | { readonly op: 'ended'; readonly id: number; readonly camera: string }
  | { readonly op: 'settings'; readonly camera: string; readonly settings: SettingsReport }
  | {
      readonly op: 'controls';
      readonly camera: string;
      readonly controls: readonly ControlReport[];
      readonly changed: readonly string[];
      readonly origin: ControlOrigin;
    }
  | { readonly op: 'time'; readonly sent: number; readonly time: number }
  | {
      readonly op: 'answer';
      readonly re: number;
      readonly controls?: readonly ControlReport[];
      readonly settings?: SettingsReport;
    }
  | ({ readonly op: 'error'; readonly code: string; readonly message: string } & About);

/** The question or the subscription that an error is about. */
export interface About {
  readonly re?: number | undefined;
  readonly id?: number | undefined;
}

/** What nobody waits for, and newer makes old. */
export type News = Extract<ServerMessage, { op: 'status' | 'beat' | 'settings' | 'controls' }>;

export function reportCamera(view: CameraView, viewers: number): CameraReport {
  return { ...reportStatus(view.status()), viewers };
}

export function errorMessage({ code, message }: ErrorReport, about: About = {}): ServerMessage {
  return { op: 'error', code, message, ...about };
}
