export {
  EmbeddedServer,
  type EmbeddedServerOptions,
  type EmbeddedServerStats,
} from './embedded/server.js';
export type { OwnerTopics } from './embedded/topic-rules.js';
export { MqttGateway, type MqttGatewayStats } from './gateway.js';
export type { LinkStatus } from './link/link.js';
export type { Qos } from './message.js';
export type {
  CameraPlan,
  EmbeddedServerListenOptions,
  FramesPlan,
  HomeAssistantOptions,
  MqttGatewayOptions,
  TlsSettings,
} from './options.js';
export type { OutboxStats } from './outbox.js';
