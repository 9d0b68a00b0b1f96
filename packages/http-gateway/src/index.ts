export type { CorsPolicy } from './cors.js';
export type { Credential } from './credentials.js';
export { HttpGateway } from './gateway.js';
export type { HttpGatewayOptions } from './options.js';
export type { Asset } from './page/asset.js';
export type { CameraStats, HttpGatewayStats } from './traffic.js';
export type { UpgradeAdmission, UpgradeHandler } from './upgrades.js';
