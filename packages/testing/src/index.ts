export { type PendingStill, type Shot, TestCamera } from './camera.js';
export { type Certificate, type Certificates, hasOpenssl, makeCertificates } from './certificates.js';
export { freePort } from './free-port.js';
export { type OpenGateway, testGateway } from './gateway-contract.js';
export { House } from './house.js';
export { PICTURES, picture } from './pictures.js';
export { play } from './play.js';
export { until } from './until.js';
