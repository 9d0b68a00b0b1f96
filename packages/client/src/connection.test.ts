import test from 'ava';
import { socketAddress } from './address.js';

for (const [given, address] of [
  ['http://pi:8090', 'ws://pi:8090/ws'],
  ['http://pi:8090/', 'ws://pi:8090/ws'],
  ['https://example.org/cameras/', 'wss://example.org/cameras/ws'],
  ['ws://pi:8090/ws', 'ws://pi:8090/ws'],
  ['wss://example.org/cameras/ws?key=1#top', 'wss://example.org/cameras/ws?key=1'],
  ['http://pi/news', 'ws://pi/news/ws'],
] as const) {
  test(`${given} is ${address}`, (t) => t.is(socketAddress(given), address));
}
