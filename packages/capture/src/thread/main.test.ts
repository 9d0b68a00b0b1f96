import test from 'ava';
import { Camera } from '../camera.js';
import { take } from '../sources/describe-source.test.helper.js';

test('a camera warms up without demand, is live then, and delivers no frame of the warm-up', async (t) => {
  const camera = new Camera({
    name: 'cam',
    source: { type: 'pattern', width: 64, height: 48, fps: 100 },
    warmup: { frames: 7 },
  });
  try {
    camera.open();
    const { state, frames } = await camera.settled();
    t.is(state, 'live');
    t.is(frames.dropped.warmup, 7);
    t.is(frames.captured, 1);
    const [first] = await take(camera, 1);
    t.true((first?.sequence ?? 0) >= 8);
  } finally {
    await camera.close();
  }
});
