import test from 'ava';
import { Capability } from './abi/capability.js';
import { isStandalone } from './device-info.js';

const { VIDEO_CAPTURE, VIDEO_CAPTURE_MPLANE, STREAMING, IO_MC } = Capability;

test('frames of a camera come by themselves', (t) => {
  for (const driver of ['uvcvideo', 'vivid', 'unicam', 'bm2835 mmal'])
    t.true(isStandalone(driver, VIDEO_CAPTURE | STREAMING), driver);
});

test("those of a Raspberry Pi's image processors do not, whatever their nodes say", (t) => {
  t.false(isStandalone('bcm2835-isp', VIDEO_CAPTURE | STREAMING));
  t.false(isStandalone('pispbe', VIDEO_CAPTURE_MPLANE | STREAMING));
});

test('nor those of a receiver that has to be linked to its sensor first', (t) => {
  t.false(isStandalone('rp1-cfe', VIDEO_CAPTURE | STREAMING | IO_MC));
});
