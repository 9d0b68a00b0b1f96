import { readFileSync } from 'node:fs';
import { Broker } from '@framehub/broker';
import {
  type CameraStatus,
  type CameraView,
  FramehubError,
  Histogram,
  type JpegFrame,
  subscription,
} from '@framehub/frame';
import { HttpGateway } from './index.js';

// Where frames come from: here a file, sent once per second while there are viewers.
const broker = new Broker<JpegFrame>();
const data = new Uint8Array(readFileSync(process.env.IMAGE ?? 'door.jpg'));
let sequence = 0;
const start = (publish: (frame: JpegFrame) => void) => {
  const send = () => publish({ sequence: ++sequence, capturedAt: Date.now(), data, width: 1280, height: 720 });
  const timer = setInterval(send, 1000);
  return subscription(() => clearInterval(timer));
};
broker.provide('door', (topic) => (topic === 'door/jpeg' ? { start } : undefined));

// What the control API reports: one camera, with nothing to set.
const status = (): CameraStatus => ({
  name: 'door',
  source: 'door.jpg',
  state: 'live',
  error: undefined,
  placeholder: undefined,
  format: undefined,
  rendition: {},
  fps: { nominal: 1, measured: 1 },
  frames: { captured: sequence, dropped: {} },
  lastFrameAt: Date.now(),
  frozenSince: undefined,
  restarts: 0,
  failures: {},
  encodeSeconds: new Histogram([1]).read(),
});
const none = { size: undefined, format: undefined, fps: undefined, rendition: {}, profile: undefined, profiles: [] };
const refuse = async () => {
  throw new FramehubError('CAPTURE_NO_CONTROLS', 'door has nothing to set');
};
const door: CameraView = {
  name: 'door',
  status,
  settings: () => ({ enabled: true, ...none }),
  change: refuse,
  controls: refuse,
  setControls: refuse,
  still: refuse,
};
const hub = {
  version: '1.0.0',
  codec: 'none',
  quality: 80,
  cameras: () => [door],
  subscribe: () => subscription(() => {}),
};

const gateway = new HttpGateway(broker, hub, { port: Number(process.env.PORT ?? 8090) });
await gateway.start();
console.log(gateway.urls()[0]);
