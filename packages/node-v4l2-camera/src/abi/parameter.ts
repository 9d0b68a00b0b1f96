import { v4l2_fract } from './frame-size.js';
import { list, struct, u8, u32, union } from './layout.js';
import { iowr } from './request.js';

const v4l2_captureparm = struct({
  capability: u32,
  capturemode: u32,
  timeperframe: v4l2_fract,
  extendedmode: u32,
  readbuffers: u32,
  reserved: list(u32, 4),
});

export const v4l2_streamparm = struct({
  type: u32,
  parm: union({ capture: v4l2_captureparm, raw_data: list(u8, 200) }),
});

export const S_PARM = iowr('VIDIOC_S_PARM', 22, v4l2_streamparm);

/** In `capability`: the frame interval can be set. */
export const CAP_TIMEPERFRAME = 0x1000;
