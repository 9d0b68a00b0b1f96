import type { CameraStatus } from '@framehub/frame';
import { Counter, collectDefaultMetrics, Gauge, type LabelValues, Registry } from 'prom-client';
import type { CameraTraffic, Traffic } from '../traffic.js';
import { histogramText } from './histogram-text.js';
import type { House } from './house.js';
import { CAMERA_STATES } from './schemas.js';

type Label = 'camera' | 'gateway' | 'reason' | 'state';
type Labels = LabelValues<Label>;
/** Calls `say` for each series of a metric. */
type Read<T> = (say: (labels: Labels, value: T) => void) => void;

const GATEWAY = { gateway: 'http' };

export interface Metrics {
  readonly contentType: string;
  /** In Prometheus' text format. */
  read(): Promise<string>;
}

/**
 * A registry of its own, so that several gateways can live in a process. Nothing is counted here: all values are plain
 * numbers elsewhere and are read when somebody scrapes.
 */
export function metricsOf(house: House, traffic: Traffic): Metrics {
  const registry = new Registry();
  // A finer look at the event loop would wake the process a hundred times a second.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 250 });
  const perCamera =
    <T>(read: (status: CameraStatus, sent: CameraTraffic) => T | undefined, labels: Labels = {}): Read<T> =>
    (say) => {
      for (const view of house.hub.cameras()) {
        const value = read(view.status(), house.trafficOf(view.name));
        if (value !== undefined) say({ camera: view.name, ...labels }, value);
      }
    };
  const counter = (name: string, help: string, read: Read<number>) => addCounter(registry, name, help, read);
  const gauge = (name: string, help: string, read: Read<number>) => addGauge(registry, name, help, read);

  counter(
    'framehub_frames_captured_total',
    'Frames that a camera gave.',
    perCamera(({ frames }) => frames.captured),
  );
  counter('framehub_frames_dropped_total', 'Frames that went no further, by reason.', (say) => {
    for (const view of house.hub.cameras()) {
      for (const [reason, count] of Object.entries(view.status().frames.dropped)) {
        say({ camera: view.name, reason }, count);
      }
      say({ camera: view.name, ...GATEWAY, reason: 'slow-viewer' }, house.trafficOf(view.name).skipped);
    }
  });
  counter(
    'framehub_frames_sent_total',
    'Pictures sent, each viewer counted; cards are none.',
    perCamera((_, sent) => sent.framesSent, GATEWAY),
  );
  counter(
    'framehub_sent_bytes_total',
    'Bytes of frames sent, with their headers.',
    perCamera((_, sent) => sent.bytesSent, GATEWAY),
  );
  gauge(
    'framehub_last_frame_timestamp_seconds',
    'Unix time of the newest frame.',
    perCamera(({ lastFrameAt }) => (lastFrameAt === undefined ? undefined : lastFrameAt / 1000)),
  );
  gauge(
    'framehub_clients',
    'Viewers connected now.',
    perCamera((_, sent) => sent.viewers, GATEWAY),
  );
  gauge(
    'framehub_camera_up',
    '1 while a camera gives pictures, or sleeps because nobody watches.',
    perCamera(({ state, placeholder }) =>
      (state === 'live' || state === 'asleep') && placeholder === undefined ? 1 : 0,
    ),
  );
  gauge('framehub_camera_state', '1 for the state that a camera is in, 0 for the others.', (say) => {
    for (const view of house.hub.cameras()) {
      const now = view.status().state;
      for (const state of CAMERA_STATES) say({ camera: view.name, state }, state === now ? 1 : 0);
    }
  });
  gauge(
    'framehub_camera_frozen',
    '1 while the picture has not changed by a single sample for some seconds.',
    perCamera(({ frozenSince }) => (frozenSince === undefined ? 0 : 1)),
  );
  counter('framehub_camera_failures_total', 'Failures of a camera, by what was wrong.', (say) => {
    for (const view of house.hub.cameras()) {
      for (const [code, count] of Object.entries(view.status().failures)) {
        say({ camera: view.name, reason: code.toLowerCase() }, count);
      }
    }
  });
  counter(
    'framehub_camera_restarts_total',
    'Times a camera was started again after a failure.',
    perCamera(({ restarts }) => restarts),
  );
  counter(
    'framehub_clients_dropped_total',
    'Viewers turned away at the limit, or closed because they took nothing.',
    (say) => {
      say({ ...GATEWAY, reason: 'limit' }, traffic.refused);
      say({ ...GATEWAY, reason: 'stalled' }, traffic.stalled);
    },
  );
  new Gauge({
    name: 'framehub_build_info',
    help: 'Always 1; the labels tell what runs.',
    labelNames: ['version', 'codec', 'node'],
    registers: [registry],
  }).set({ version: house.hub.version, codec: house.hub.codec, node: process.version }, 1);
  return {
    contentType: registry.contentType,
    read: async () => `${await registry.metrics()}\n${histograms(house)}`,
  };
}

function histograms({ hub, trafficOf }: House): string {
  const names = hub.cameras().map((view) => view.name);
  return (
    histogramText(
      'framehub_encode_duration_seconds',
      'Time that the making of a JPEG took on its thread.',
      hub.cameras().map((view) => [{ camera: view.name }, view.status().encodeSeconds]),
    ) +
    histogramText(
      'framehub_frame_age_seconds',
      'Time from capture to the socket.',
      names.map((camera) => [{ camera, ...GATEWAY }, trafficOf(camera).age.read()]),
    )
  );
}

const LABELS: Label[] = ['camera', 'gateway', 'reason', 'state'];

function addCounter(registry: Registry, name: string, help: string, read: Read<number>): void {
  new Counter({
    name,
    help,
    labelNames: LABELS,
    registers: [registry],
    collect() {
      this.reset();
      read((labels, value) => this.inc(labels, value));
    },
  });
}

function addGauge(registry: Registry, name: string, help: string, read: Read<number>): void {
  new Gauge({
    name,
    help,
    labelNames: LABELS,
    registers: [registry],
    collect() {
      this.reset();
      read((labels, value) => this.set(labels, value));
    },
  });
}
