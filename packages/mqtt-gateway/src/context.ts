import type { FrameBus } from '@framehub/broker';
import type { Hub, JpegFrame } from '@framehub/frame';
import type { Complaints } from './complaints.js';
import type { MqttGatewaySettings } from './options.js';
import type { Outbox } from './outbox.js';
import type { Topics } from './topics.js';

/** What the parts of the gateway share. */
export interface Context {
  readonly broker: FrameBus<JpegFrame>;
  readonly hub: Hub;
  readonly settings: MqttGatewaySettings;
  readonly topics: Topics;
  readonly outbox: Outbox;
  readonly complaints: Complaints;
  /** Bytes that a picture may have, for the broker of now; Infinity where nothing is known. */
  pictureLimit(): number;
}
