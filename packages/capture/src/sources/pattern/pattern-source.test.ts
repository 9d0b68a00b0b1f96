import { frameBytes, inspectJpeg, isBroken } from '@framehub/frame';
import test from 'ava';
import { describeSource, type Setting } from '../describe-source.test.helper.js';
import { readFrameNumber } from './frame-number.js';

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
