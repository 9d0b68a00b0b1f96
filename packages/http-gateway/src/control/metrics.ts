import type { CameraStatus, CameraTraffic, HistogramReading } from '@framehub/frame';
import type { Metric } from 'prom-client';
import type { ControlContext } from './context.js';
import { CAMERA_STATES } from './schemas.js';

/** Metrics in Prometheus' text format. */
export interface Metrics {
  readonly contentType: string;
  /** Reads all values. */
  read(): Promise<string>;
}

type Labels = Readonly<Record<string, string>>;
/** Calls `add` for each series of a metric. */
type Collect<T> = (add: (labels: Labels, value: T) => void) => void;

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly metricName?: string;
}

/**
 * Makes the metrics at the first call. prom-client is a hundred files, and watches the event loop and the garbage
 * collection once it is loaded: without Prometheus it costs nothing.
 */
export function lazyMetrics(context: ControlContext): () => Promise<Metrics> {
  let metrics: Promise<Metrics> | undefined;
  return () => {
    metrics ??= makeMetrics(context);
    return metrics;
  };
}

/** Nothing is counted here: all values are plain numbers of other objects, read at each scrape. */
async function makeMetrics({ hub, traffic }: ControlContext): Promise<Metrics> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  // A registry of its own, so that several gateways can run in a process.
  const registry = new Registry();
  // A finer precision would wake the process a hundred times a second.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 250 });

  /** Registers a metric that is read and not counted: prom-client's own classes keep their values themselves. */
  const register = (type: 'counter' | 'gauge' | 'histogram', name: string, help: string, values: () => Sample[]) => {
    const metric = { name, help, type, get: async () => ({ name, help, type, values: values(), aggregator: 'sum' }) };
    registry.registerMetric(metric as unknown as Metric);
  };
  const samplesOf = (collect: Collect<number>) => () => {
    const samples: Sample[] = [];
    collect((labels, value) => samples.push({ labels, value }));
    return samples;
  };
  const counter = (name: string, help: string, collect: Collect<number>) =>
    register('counter', name, help, samplesOf(collect));
  const gauge = (name: string, help: string, collect: Collect<number>) =>
    register('gauge', name, help, samplesOf(collect));
  const histogram = (name: string, help: string, collect: Collect<HistogramReading>) =>
    register('histogram', name, help, () => {
      const samples: Sample[] = [];
      collect((labels, reading) => samples.push(...histogramSamples(name, labels, reading)));
      return samples;
    });
  const perCamera =
    <T>(read: (status: CameraStatus) => T | undefined): Collect<T> =>
    (add) => {
      for (const view of hub.cameras()) {
        const value = read(view.status());
        if (value !== undefined) add({ camera: view.name }, value);
      }
    };
  const perGateway =
    <T>(read: (sent: CameraTraffic) => T, labels: Labels = {}): Collect<T> =>
    (add) => {
      for (const { name: camera } of hub.cameras())
        for (const sent of traffic) add({ camera, gateway: sent.gateway, ...labels }, read(sent.of(camera)));
    };

  counter(
    'framehub_frames_captured_total',
    'Frames that a camera delivered.',
    perCamera(({ frames }) => frames.captured),
  );
  counter('framehub_frames_dropped_total', 'Frames that were dropped, by reason.', (add) => {
    for (const view of hub.cameras())
      for (const [reason, count] of Object.entries(view.status().frames.dropped))
        add({ camera: view.name, reason }, count);
    perGateway(({ skipped }) => skipped, { reason: 'slow-viewer' })(add);
  });
  counter(
    'framehub_frames_sent_total',
    'Frames sent, once for each viewer, without placeholders.',
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
    '1 while a camera delivers frames, or is on standby because it has no viewers.',
    perCamera(({ state, placeholder }) =>
      (state === 'live' || state === 'standby') && placeholder === undefined ? 1 : 0,
    ),
  );
  gauge('framehub_camera_state', '1 for the state that a camera is in, 0 for the others.', (add) => {
    for (const view of hub.cameras()) {
      const now = view.status().state;
      for (const state of CAMERA_STATES) add({ camera: view.name, state }, state === now ? 1 : 0);
    }
  });
  gauge(
    'framehub_camera_frozen',
    '1 while the frame has not changed by a single sample for some seconds.',
    perCamera(({ frozenSince }) => (frozenSince === undefined ? 0 : 1)),
  );
  counter('framehub_camera_failures_total', 'Failures of a camera, by error code.', (add) => {
    for (const view of hub.cameras())
      for (const [code, count] of Object.entries(view.status().failures))
        add({ camera: view.name, reason: code.toLowerCase() }, count);
  });
  counter(
    'framehub_camera_restarts_total',
    'Times a camera was restarted after a failure.',
    perCamera(({ restarts }) => restarts),
  );
  counter(
    'framehub_clients_dropped_total',
    'Clients refused at a limit, displaced by other addresses, or closed because they read nothing.',
    (add) => {
      for (const { gateway, clientsDropped } of traffic) {
        const counts = { limit: 0, stalled: 0, ...clientsDropped.toJSON() };
        for (const [reason, count] of Object.entries(counts)) add({ gateway, reason }, count);
      }
    },
  );
  gauge('framehub_build_info', 'Always 1; the labels are what runs.', (add) =>
    add({ version: hub.version, codec: hub.codec, node: process.version }, 1),
  );
  histogram(
    'framehub_encode_duration_seconds',
    'Time that encoding a JPEG took on its thread.',
    perCamera(({ encodeSeconds }) => encodeSeconds),
  );
  histogram(
    'framehub_frame_age_seconds',
    'Time from capture to the socket.',
    perGateway(({ age }) => age.read()),
  );
  return { contentType: registry.contentType, read: () => registry.metrics() };
}

/** The series of one histogram. Source: https://prometheus.io/docs/instrumenting/exposition_formats/ */
function histogramSamples(name: string, labels: Labels, { bounds, buckets, sum, count }: HistogramReading): Sample[] {
  const bucket = (le: string, value: number): Sample => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le },
    value,
  });
  return [
    ...bounds.map((bound, i) => bucket(String(bound), buckets[i] ?? 0)),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
