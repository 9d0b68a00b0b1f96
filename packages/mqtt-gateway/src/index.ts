export { EmbeddedBroker, type EmbeddedBrokerStats } from './embedded/broker.js';
export type { EmbeddedBrokerOptions } from './embedded/options.js';
export { MqttGateway } from './gateway.js';
export type { TlsSettings } from './link/client-options.js';
export type { CameraPlan, FramesPlan, HomeAssistantOptions, MqttGatewayOptions } from './options.js';
export type { MqttGatewayStats } from './stats.js';
