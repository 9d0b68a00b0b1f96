import type { CameraStatus, CameraTraffic } from '@framehub/frame';
import { Counter, collectDefaultMetrics, Gauge, type LabelValues, Registry } from 'prom-client';
import { histogramText } from './histogram-text.js';
import type { House } from './house.js';
import { CAMERA_STATES } from './schemas.js';

type Label = 'camera' | 'gateway' | 'reason' | 'state';
type Labels = LabelValues<Label>;
/** Calls `say` for each series of a metric. */
type Read<T> = (say: (labels: Labels, value: T) => void) => void;

export interface Metrics {
  readonly contentType: string;
  /** In Prometheus' text format. */
  read(): Promise<string>;
}

/**
 * A registry of its own, so that several gateways can live in a process. Nothing is counted here: all values are plain
 * numbers elsewhere and are read when somebody scrapes.
 */
export function metricsOf(house: House): Metrics {
  const registry = new Registry();
  // A finer look at the event loop would wake the process a hundred times a second.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 250 });
  const perCamera =
    <T>(read: (status: CameraStatus) => T | undefined): Read<T> =>
    (say) => {
      for (const view of house.hub.cameras()) {
        const value = read(view.status());
        if (value !== undefined) say({ camera: view.name }, value);
      }
    };
  const perGateway =
    <T>(read: (sent: CameraTraffic) => T, labels: Labels = {}): Read<T> =>
    (say) => {
      for (const { name } of house.hub.cameras())
        for (const traffic of house.traffic)
          say({ camera: name, gateway: traffic.gateway, ...labels }, read(traffic.of(name)));
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
    }
    perGateway(({ skipped }) => skipped, { reason: 'slow-viewer' })(say);
  });
  counter(
    'framehub_frames_sent_total',
    'Pictures sent, each viewer counted; cards are none.',
    perGateway(({ framesSent }) => framesSent),
  );
  counter(
    'framehub_sent_bytes_total',
    'Bytes of frames sent, with their headers.',
    perGateway(({ bytesSent }) => bytesSent),
  );
  gauge(
    'framehub_last_frame_timestamp_seconds',
    'Unix time of the newest frame.',
    perCamera(({ lastFrameAt }) => (lastFrameAt === undefined ? undefined : lastFrameAt / 1000)),
  );
  gauge(
    'framehub_clients',
    'Viewers connected now.',
    perGateway(({ viewers }) => viewers),
  );
  gauge(
    'framehub_camera_up',
    '1 while a camera gives pictures, or sleeps because nobody watches.',
    perCamera(({ state, placeholder }) =>
      (state === 'live' || state === 'standby') && placeholder === undefined ? 1 : 0,
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
    'Clients turned away at a limit, displaced by other addresses, or closed because they took nothing.',
    (say) => {
      for (const { gateway, clientsDropped } of house.traffic) {
        const counts = { limit: 0, stalled: 0, ...clientsDropped.toJSON() };
        for (const [reason, count] of Object.entries(counts)) say({ gateway, reason }, count);
      }
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

function histograms({ hub, traffic }: House): string {
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
      names.flatMap((camera) =>
        traffic.map((sent) => [{ camera, gateway: sent.gateway }, sent.of(camera).age.read()] as const),
      ),
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
