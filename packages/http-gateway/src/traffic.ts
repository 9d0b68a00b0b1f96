import type { GatewayTraffic, HistogramReading } from '@framehub/frame';

export interface HttpGatewayStats {
  /** Streams open now. */
  readonly viewers: number;
  /** Turned away because of the limit. */
  readonly refused: number;
  /** Closed because they took no more bytes. */
  readonly stalled: number;
  readonly cameras: Readonly<Record<string, CameraStats>>;
}

export interface CameraStats {
  readonly viewers: number;
  readonly framesSent: number;
  readonly bytesSent: number;
  readonly skipped: number;
  readonly ageSeconds: HistogramReading;
}

/** A copy. */
export function statsOf(traffic: GatewayTraffic): HttpGatewayStats {
  const cameras = traffic.cameras().map(([name, { viewers, framesSent, bytesSent, skipped, age }]) => {
    const stats: CameraStats = { viewers, framesSent, bytesSent, skipped, ageSeconds: age.read() };
    return [name, stats] as const;
  });
  const viewers = cameras.reduce((sum, [, stats]) => sum + stats.viewers, 0);
  const { limit = 0, stalled = 0 } = traffic.clientsDropped.toJSON();
  return { viewers, refused: limit, stalled, cameras: Object.fromEntries(cameras) };
}
