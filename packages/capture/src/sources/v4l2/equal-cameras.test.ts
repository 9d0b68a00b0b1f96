import test from 'ava';
import type { SeenDevice } from '../../messages.js';
import type { ConnectedDevice } from './find-device.js';
import { missedAmong, movedAmong, seenAmong } from './find-device.js';

const USB = { vendorId: '046d', productId: '0825' };
/** A camera without serial number at a port. */
const at = (port: string): ConnectedDevice => ({ ...noUsb(port), usb: USB });
const noUsb = (port: string): ConnectedDevice => ({ path: `/dev/video-${port}`, card: 'Camera', busInfo: port });

/** Ours, opened at port a among those at the others, and looked for in vain with each of these lists connected. */
function missed(others: string, ...looks: readonly string[]): SeenDevice {
  const opened = seenAmong(
    { port: 'a', usb: USB },
    [...others, 'a'].map((port) => at(port)),
  );
  return looks.reduce(
    (seen, ports) =>
      missedAmong(
        seen,
        [...ports].map((port) => at(port)),
      ),
    opened,
  );
}

/** Where it is, when equals are at these ports. */
const whereIs = (seen: SeenDevice, ports: string): string | undefined =>
  movedAmong(
    seen,
    [...ports].map((port) => at(port)),
  )?.busInfo;

test('a camera that appears at another port while the configured one is missing is that one', (t) => {
  t.is(whereIs(missed('', ''), 'c'), 'c');
  t.is(whereIs(missed('b', 'b', 'b'), 'bc'), 'c');
});

test('an identical camera that was there before is not the configured one', (t) => {
  t.is(whereIs(missed('b', 'b', 'b'), 'b'), undefined);
});

test('nor one that appeared before the configured one was missed', (t) => {
  t.is(whereIs(missed('', ''), 'b'), 'b');
  t.is(whereIs(missed('', 'b'), 'b'), undefined);
  t.is(whereIs(missed(''), 'b'), undefined, 'ours has not been missed yet');
});

test('nor one that reappears first when all have lost their power', (t) => {
  t.is(whereIs(missed('b', '', ''), 'b'), undefined);
});

test('of several that appear at once none is the configured one, nor is the one that stays', (t) => {
  t.is(whereIs(missed('', ''), 'cd'), undefined);
  t.is(whereIs(missed('', '', 'cd'), 'c'), undefined);
});

test('while another one is missing too, a newcomer may be that; once that is back, the newcomer is the configured one', (t) => {
  const seen = missed('b', '', 'c');
  t.is(whereIs(seen, 'c'), undefined);
  t.is(whereIs(seen, 'bc'), 'c');
});

test('what was known of the others is known still when it is opened again', (t) => {
  const again = seenAmong({ port: 'a', usb: USB }, [at('a'), at('c')], missed('b', ''));
  t.deepEqual(again.others, ['b', 'c']);
  t.is(again.missed, undefined);
  const replaced = seenAmong({ port: 'a', usb: { ...USB, productId: 'c920' } }, [at('a'), at('c')], missed('b', ''));
  t.deepEqual(replaced.others, [], 'of another kind of camera');
});

test('other kinds, cameras with a serial number, second nodes and unknown ports do not count', (t) => {
  const connected = [
    { ...at('b'), usb: { ...USB, productId: 'c920' } },
    { ...at('d'), usb: { ...USB, serial: 'D' } },
    noUsb('e'),
    at(''),
    at('c'),
    { ...at('c'), path: '/dev/video-c2' },
  ];
  t.is(movedAmong(missed('', ''), connected)?.path, '/dev/video-c');
});

test('a shared serial number is as good as none', (t) => {
  const like = (port: string): ConnectedDevice => ({ ...at(port), usb: { ...USB, serial: '0001' } });
  const seen = seenAmong({ port: 'a', usb: like('a').usb }, [like('a'), like('b'), at('c')]);
  t.deepEqual(seen.others, ['b']);
  t.is(movedAmong(missedAmong(seen, [like('b')]), [like('b'), like('d')])?.busInfo, 'd');
});

test('of what is no USB camera nothing is remembered', (t) => {
  const seen = seenAmong({ port: 'a', usb: undefined }, [noUsb('a'), noUsb('b')]);
  t.deepEqual(seen.others, []);
  t.is(movedAmong(missedAmong(seen, []), [noUsb('c')]), undefined);
});
