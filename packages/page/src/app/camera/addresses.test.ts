import test from 'ava';
import { addressesOf, isLoopback } from './addresses.js';

const { plain, programs } = addressesOf('https://home.lan/cameras/', 'garage');
const of = (program: string): Record<string, string> =>
  Object.fromEntries(
    programs.find((group) => group.program === program)?.addresses.map(({ label, text }) => [label, text]) ?? [],
  );

test('addresses keep the path that a proxy gives to framehub', (t) => {
  t.deepEqual(plain, [
    { label: 'Stream', text: 'https://home.lan/cameras/stream/garage' },
    { label: 'Snapshot', text: 'https://home.lan/cameras/snapshot/garage' },
  ]);
});

test('each program gets what it asks for, in its own words', (t) => {
  t.deepEqual(of('OctoPrint'), {
    'Stream URL': 'https://home.lan/cameras/stream/garage',
    'Snapshot URL': 'https://home.lan/cameras/snapshot/garage',
  });
  t.deepEqual(of('MQTT'), { Topic: 'framehub/garage/snapshot' });
  t.is(of('Web page')['WebSocket of JPEGs'], 'wss://home.lan/cameras/ws/garage');
  t.is(
    of('Web page').Element,
    '<script type="module" src="https://home.lan/cameras/framehub-view.js"></script>\n<framehub-view camera="garage"></framehub-view>',
  );
  t.is(
    of('Mainsail, Fluidd')['moonraker.conf'],
    [
      '[webcam garage]',
      'service: mjpegstreamer',
      'stream_url: https://home.lan/cameras/stream/garage',
      'snapshot_url: https://home.lan/cameras/snapshot/garage',
    ].join('\n'),
  );
});

test('it is known which addresses other machines cannot reach', (t) => {
  for (const host of ['localhost', '127.0.0.1', '[::1]']) t.true(isLoopback(host), host);
  for (const host of ['pi4', '192.168.1.5', 'localhost.example.com']) t.false(isLoopback(host), host);
});
