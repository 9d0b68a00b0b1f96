export { type Certificate, type Certificates, hasOpenssl, makeCertificates } from './certificates.js';
export { FakeCamera, type PendingStill, type Shot } from './fake-camera.js';
export { FakeHub } from './fake-hub.js';
export { freePort } from './free-port.js';
export { type OpenGateway, testGateway } from './gateway-contract.js';
export { PICTURES, picture } from './pictures.js';
export { play } from './play.js';
export { until } from './until.js';
