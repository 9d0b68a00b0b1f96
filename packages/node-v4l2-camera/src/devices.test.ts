import test from 'ava';
import { Capability } from './abi/videodev2.js';
import { isStandalone } from './devices.js';

const { VIDEO_CAPTURE, VIDEO_CAPTURE_MPLANE, STREAMING, IO_MC } = Capability;

test('cameras are standalone', (t) => {
  for (const driver of ['uvcvideo', 'vivid', 'unicam', 'bm2835 mmal'])
    t.true(isStandalone(driver, VIDEO_CAPTURE | STREAMING), driver);
});

test('image processors of the Raspberry Pi are not standalone, whatever their flags are', (t) => {
  t.false(isStandalone('bcm2835-isp', VIDEO_CAPTURE | STREAMING));
  t.false(isStandalone('pispbe', VIDEO_CAPTURE_MPLANE | STREAMING));
});

test('a receiver that must be linked to its sensor first is not standalone', (t) => {
  t.false(isStandalone('rp1-cfe', VIDEO_CAPTURE | STREAMING | IO_MC));
});
