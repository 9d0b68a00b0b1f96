import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { plugCamera } from '../../../tools/v4l2-vm/rig.mjs';
import { readCard } from './card.mjs';
import {
  configFile,
  decode,
  drawnNumber,
  isLive,
  nextCalled,
  nextOfEach,
  serve,
  serveWith,
  stopAll,
  until,
  watch,
} from './hub.mjs';
import { COUNTING, holdings } from './leaks.mjs';

const ROUNDS = 12;
/** Two rounds first: what is loaded on the first failure stays. */
const ROUNDS_BEFORE = 2;

afterEach(stopAll);

describe('a camera that comes and goes', () => {
  let camera;
  before(async () => {
    camera = await plugCamera();
  });
  after(() => camera.stop());

  test(`${ROUNDS} times pulled out while three watch: each sees why, and the camera again, and nothing is left behind`, async () => {
    const file = configFile(`
cameras: { bed: { source: ${camera.path}, format: YUYV, size: 320x240, fps: 5 } }
encoder: { threads: 1 }`);
    const hub = await serveWith({ node: COUNTING }, '--config', file.path);
    const state = () => hub.json('/api/cameras/bed');
    await until(state, isLive);
    const viewers = await Promise.all(
      ['', '&width=160', '&rotate=90'].map((wish) => watch(hub.url(`/stream?extra_headers=1${wish}`))),
    );
    await nextCalled('picture', viewers);
    const seen = viewers.map(() => ({ cards: [], pictures: [] }));
    const round = async () => {
      await camera.unplug();
      for (const [i, frame] of (await nextCalled('card', viewers)).entries()) seen[i].cards.push(frame);
      await camera.plug();
      for (const [i, frame] of (await nextCalled('picture', viewers)).entries()) seen[i].pictures.push(frame);
    };
    for (let i = 0; i < ROUNDS_BEFORE; i++) await round();
    const heldBefore = await holdings(hub);
    for (let i = 0; i < ROUNDS; i++) await round();
    // Closed sockets take a moment.
    await until(
      () => holdings(hub),
      (held) => isDeepStrictEqual(held, heldBefore),
    );
    assert.ok(viewers.every((viewer) => viewer.connected));

    // The second is too small for letters, and the third lies on its side: they are compared with each other.
    const [first, ...others] = seen;
    for (const card of decode(first.cards)) assert.equal(readCard(card), 'CAMERA UNPLUGGED');
    for (const picture of decode(first.pictures)) assert.equal(readCard(picture), undefined);
    const numbers = decode(first.pictures).map(drawnNumber);
    assert.ok(new Set(numbers).size > ROUNDS / 2, `the pictures are new ones: ${numbers}`);
    for (const { cards, pictures } of others) {
      const [card] = decode(cards.slice(0, 1));
      for (const other of decode(cards)) assert.ok(difference(other, card) < 8, 'a card is a card each time');
      for (const picture of decode(pictures)) assert.ok(difference(picture, card) > 20, 'a picture is none');
    }
    const { restarts, failures } = await state();
    assert.ok(restarts >= ROUNDS);
    assert.ok(failures.CAPTURE_DEVICE_GONE >= ROUNDS);
    assert.equal(hub.log().match(/camera has failed/g).length, ROUNDS + ROUNDS_BEFORE, 'each is in the log once');
    for (const viewer of viewers) viewer.close();
    assert.equal(await hub.stop(), 0);
  });

  test('a camera that is not there at the start is waited for', async () => {
    await camera.unplug();
    const hub = await serve(
      '--config',
      configFile(`cameras: { bed: { source: 'serial:SIM0001', size: 640x480 } }`).path,
    );
    const viewer = await watch(hub.url('/stream'));
    const [card] = decode(await viewer.take(1));
    assert.deepEqual([card.width, card.height], [640, 480]);
    assert.equal(readCard(card), 'NO CAMERA');
    const snapshot = await fetch(hub.url('/snapshot'));
    assert.equal(snapshot.status, 503);
    assert.match(await snapshot.text(), /SIM0001/);
    await camera.plug();
    await until(() => hub.json('/api/cameras/bed'), isLive);
    const [frame] = await nextOfEach([viewer]);
    assert.equal(readCard(decode([frame])[0]), undefined);
    assert.equal((await fetch(hub.url('/snapshot'))).status, 200);
    viewer.close();
    assert.equal(await hub.stop(), 0);
  });
});

/** Mean difference of brightness, sampled. */
function difference(a, b) {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < a.height; y += 3)
    for (let x = 0; x < a.width; x += 3) {
      sum += Math.abs(a.at(x, y)[1] - b.at(x, y)[1]);
      count += 1;
    }
  return sum / count;
}
