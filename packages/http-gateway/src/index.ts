export type { Admission, CorsPolicy, Credential } from './access.js';
export { type CameraStats, HttpGateway, type HttpGatewayStats, type StartOptions } from './gateway.js';
export type { HttpGatewayOptions } from './options.js';
export type { Asset } from './page.js';
export type { UpgradeAdmission, UpgradeHandler } from './upgrades.js';
