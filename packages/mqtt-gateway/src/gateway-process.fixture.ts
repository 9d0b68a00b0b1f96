import { FakeHub } from '@framehub/testing';
import { MqttGateway } from './gateway.js';

/** A framehub of its own process, for who wants to kill it. */
const house = new FakeHub('garage');
const gateway = new MqttGateway(house.broker, house, { url: process.argv[2], camera: { every: 200 } });
setInterval(() => house.camera('garage').publish(), 50);
await gateway.start();
