export { type Certificate, type Certificates, hasOpenssl, makeCertificates } from './certificates.js';
export { FakeCamera, type PendingStill, type Shot } from './fake-camera.js';
export { FakeHub } from './fake-hub.js';
export { freePort } from './free-port.js';
export { JPEGS, jpeg } from './jpegs.js';
export { play } from './play.js';
export { type OpenGateway, testGateway } from './test-gateway.js';
export { type UntilOptions, until } from './until.js';
