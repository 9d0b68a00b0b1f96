import { type ControlValues, frameBytes, inspectJpeg, isBroken } from '@framehub/frame';
import test from 'ava';
import { Camera } from '../../camera.js';
import { describeSource, type Setting, take } from '../describe-source.test.helper.js';
import { readFrameNumber } from './test-pattern.js';

const pattern = (fourcc: string) => async (): Promise<Setting> => ({
  source: { type: 'pattern', width: 640, height: 480, fps: 60, fourcc },
  dispose: async () => {},
});

describeSource(test, 'raw pattern', pattern('YUYV'), (frame, bytes) => {
  if (bytes.length !== frameBytes(frame.format)) throw new Error(`${bytes.length} bytes`);
  const number = readFrameNumber((x, y) => bytes[y * frame.format.stride + x * 2] ?? 0, frame.format.width);
  if (number !== frame.sequence) throw new Error(`number ${number} in frame ${frame.sequence}`);
});

describeSource(test, 'MJPG pattern', pattern('MJPG'), (_frame, bytes) => {
  const info = inspectJpeg(bytes);
  if (isBroken(info)) throw new Error(info.fault);
  if (info.width !== 640 || info.height !== 480 || info.subsampling !== '4:2:2') throw new Error(JSON.stringify(info));
});

/** Luma of the background's upper left, with these values. */
const IMAGES: readonly (readonly [values: ControlValues, luma: number])[] = [
  [{ scene: 'White' }, 255],
  [{ scene: 'Black' }, 0],
  [{ scene: 'Grey' }, 128],
  [{ scene: 'Grey', brightness: 100 }, 100],
  [{ scene: 'Grey', negative: true }, 127],
  [{ scene: 'Grey', exposure_time_absolute: 125 }, 64],
  [{ scene: 'Grey', exposure_time_absolute: 500 }, 255],
  [{ scene: 'Grey', brightness: 100, reset: true }, 191],
];

test('its controls change the image, and a replacement restores the others', async (t) => {
  const source = {
    type: 'pattern',
    width: 640,
    height: 480,
    fps: 60,
    fourcc: 'GREY',
    controls: { negative: 1 },
  } as const;
  const camera = new Camera({ name: 'under-test', source });
  t.teardown(() => camera.close());
  camera.open();
  const luma = async (): Promise<number | undefined> => {
    const [frame] = await take(camera, 1);
    const lease = frame?.lease();
    const value = lease?.bytes[24 * 640 + 2];
    lease?.release();
    return value;
  };
  t.is(await luma(), 255 - 191, 'as it is configured');
  for (const [values, expected] of IMAGES) {
    await camera.replaceControls(values);
    t.is(await luma(), expected, JSON.stringify(values));
  }
});
