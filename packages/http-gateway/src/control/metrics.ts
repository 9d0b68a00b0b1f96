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
/** One value of a metric, with its labels. */
type Series<T = number> = readonly [labels: Labels, value: T];

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

  /** Registers a metric that is read at each scrape: prom-client's own classes keep their values themselves. */
  const register = (type: string, name: string, help: string, read: () => readonly Sample[]): void => {
    const metric = { name, help, type, get: async () => ({ name, help, type, values: read(), aggregator: 'sum' }) };
    registry.registerMetric(metric as unknown as Metric);
  };
  const plain = (type: 'counter' | 'gauge') => (name: string, help: string, read: () => readonly Series[]) =>
    register(type, name, help, () => read().map(([labels, value]) => ({ labels, value })));
  const [counter, gauge] = [plain('counter'), plain('gauge')];
  const histogram = (name: string, help: string, read: () => readonly Series<HistogramReading>[]) =>
    register('histogram', name, help, () => read().flatMap((series) => histogramSamples(name, series)));

  const perCamera = <T>(read: (status: CameraStatus) => T): Series<T>[] =>
    hub.cameras().map((view) => [{ camera: view.name }, read(view.status())]);
  /** One series for each key of what is read, which is the value of a further label. */
  const perKey = (label: string, read: (status: CameraStatus) => Readonly<Record<string, number>>): Series[] =>
    perCamera((status) => Object.entries(read(status))).flatMap(([labels, entries]) =>
      entries.map(([key, value]): Series => [{ ...labels, [label]: key }, value]),
    );
  const perGateway = <T>(read: (sent: CameraTraffic) => T, labels: Labels = {}): Series<T>[] =>
    hub
      .cameras()
      .flatMap(({ name: camera }) =>
        traffic.map((sent): Series<T> => [{ camera, gateway: sent.gateway, ...labels }, read(sent.of(camera))]),
      );

  counter('framehub_frames_captured_total', 'Frames that a camera delivered.', () =>
    perCamera(({ frames }) => frames.captured),
  );
  counter('framehub_frames_dropped_total', 'Frames that were dropped, by reason.', () => [
    ...perKey('reason', ({ frames }) => frames.dropped),
    ...perGateway(({ skipped }) => skipped, { reason: 'slow-viewer' }),
  ]);
  counter('framehub_frames_sent_total', 'Frames sent, once for each viewer, without placeholders.', () =>
    perGateway(({ framesSent }) => framesSent),
  );
  counter('framehub_sent_bytes_total', 'Bytes of frames sent, with their headers.', () =>
    perGateway(({ bytesSent }) => bytesSent),
  );
  gauge('framehub_last_frame_timestamp_seconds', 'Unix time of the newest frame.', () =>
    perCamera(({ lastFrameAt }) => lastFrameAt).flatMap(([labels, at]) =>
      at === undefined ? [] : [[labels, at / 1000]],
    ),
  );
  gauge('framehub_clients', 'Viewers connected now.', () => perGateway(({ viewers }) => viewers));
  gauge('framehub_camera_up', '1 while a camera delivers frames, or is on standby because it has no viewers.', () =>
    perCamera(({ state, placeholder }) =>
      (state === 'live' || state === 'standby') && placeholder === undefined ? 1 : 0,
    ),
  );
  gauge('framehub_camera_state', '1 for the state that a camera is in, 0 for the others.', () =>
    perKey('state', (status) =>
      Object.fromEntries(CAMERA_STATES.map((state) => [state, state === status.state ? 1 : 0])),
    ),
  );
  gauge('framehub_camera_frozen', '1 while the frame has not changed by a single sample for some seconds.', () =>
    perCamera(({ frozenSince }) => (frozenSince === undefined ? 0 : 1)),
  );
  counter('framehub_camera_failures_total', 'Failures of a camera, by error code.', () =>
    perKey('reason', ({ failures }) =>
      Object.fromEntries(Object.entries(failures).map(([code, count]) => [code.toLowerCase(), count])),
    ),
  );
  counter('framehub_camera_restarts_total', 'Times a camera was restarted after a failure.', () =>
    perCamera(({ restarts }) => restarts),
  );
  counter(
    'framehub_clients_dropped_total',
    'Clients refused at a limit, displaced by other addresses, or closed because they read nothing.',
    () =>
      traffic.flatMap(({ gateway, clientsDropped }) =>
        Object.entries({ limit: 0, stalled: 0, ...clientsDropped.toJSON() }).map(
          ([reason, count]): Series => [{ gateway, reason }, count],
        ),
      ),
  );
  gauge('framehub_build_info', 'Always 1; the labels are what runs.', () => [
    [{ version: hub.version, codec: hub.codec, node: process.version }, 1],
  ]);
  histogram('framehub_encode_duration_seconds', 'Time that encoding a JPEG took on its thread.', () =>
    perCamera(({ encodeSeconds }) => encodeSeconds),
  );
  histogram('framehub_frame_age_seconds', 'Time from capture to the socket.', () =>
    perGateway(({ age }) => age.read()),
  );
  return { contentType: registry.contentType, read: () => registry.metrics() };
}

/** What prom-client writes as one line. */
interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** @default the name of the metric */
  readonly metricName?: string;
}

/** The lines of one histogram. Source: https://prometheus.io/docs/instrumenting/exposition_formats/ */
function histogramSamples(name: string, [labels, reading]: Series<HistogramReading>): Sample[] {
  const { bounds, buckets, sum, count } = reading;
  const all = [...bounds.map((bound, i) => [String(bound), buckets[i] ?? 0] as const), ['+Inf', count] as const];
  return [
    ...all.map(([le, value]) => ({ metricName: `${name}_bucket`, labels: { ...labels, le }, value })),
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
