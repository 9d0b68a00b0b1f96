export { type Admission, WsGateway } from './gateway.js';
export type { WsGatewayOptions } from './options.js';
