import test from 'ava';
import { FrameHolders } from './frame-holders.js';
import type { JpegFrame } from './frames.js';

const frameOf = (bytes: number): JpegFrame => ({
  sequence: 1,
  capturedAt: 1,
  data: new Uint8Array(bytes),
  width: 1,
  height: 1,
});

/** Holders by name of client. `until` resolves with the dropped ones when there are enough. */
function setup(limit: number) {
  const holders = new FrameHolders(limit);
  const dropped: string[] = [];
  let wake = (): void => {};
  const hold = (client: string, frame: JpegFrame | undefined) => {
    const leave = holders.add({
      client,
      held: () => frame,
      drop: () => {
        dropped.push(client);
        leave();
        wake();
      },
    });
    return leave;
  };
  const until = async (count: number): Promise<readonly string[]> => {
    while (dropped.length < count)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return dropped;
  };
  return { dropped, hold, until };
}

test('if too many bytes are held, connections of the client that holds most end, as few as needed', async (t) => {
  const { hold, until } = setup(100);
  const leaves = [hold('a', frameOf(40)), hold('b', frameOf(60)), hold('b', frameOf(60)), hold('c', undefined)];
  t.deepEqual(await until(1), ['b']);
  for (const leave of leaves) leave();
});

test('a frame that many connections hold counts once', async (t) => {
  const { hold, until } = setup(100);
  const shared = frameOf(90);
  const leaves = Array.from({ length: 1000 }, () => hold('many', shared));
  leaves.push(hold('one', frameOf(95)));
  // All holders of the shared frame would have to end; one of the other is enough.
  t.deepEqual(await until(1), ['one']);
  for (const leave of leaves) leave();
});
