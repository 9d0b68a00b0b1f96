import type { FrameBus } from '@framehub/broker';
import type { Hub, JpegFrame } from '@framehub/frame';
import type { MqttGatewaySettings } from './options.js';
import type { Outbox } from './outbox.js';
import type { RateLimitedLog } from './rate-limited-log.js';
import type { Topics } from './topics.js';

/** What the parts of the gateway share. */
export interface GatewayContext {
  readonly broker: FrameBus<JpegFrame>;
  readonly hub: Hub;
  readonly settings: MqttGatewaySettings;
  readonly topics: Topics;
  readonly outbox: Outbox;
  readonly problems: RateLimitedLog;
  /** Bytes that a frame may have for the present MQTT server; Infinity while its limit is unknown. */
  maxFrameBytes(): number;
}
