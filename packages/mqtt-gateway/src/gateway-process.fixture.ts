import { FakeHub } from '@framehub/testing';
import { MqttGateway } from './gateway.js';

/** A gateway in a process of its own, which a test can kill. */
const hub = new FakeHub('garage');
const gateway = new MqttGateway(hub.broker, hub, { url: process.argv[2], camera: { every: 200 } });
setInterval(() => hub.camera('garage').publish(), 50);
await gateway.start();
