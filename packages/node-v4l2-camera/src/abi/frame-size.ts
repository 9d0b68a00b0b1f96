import { list, struct, u32, union } from './layout.js';
import { iowr } from './request.js';

export const v4l2_fract = struct({ numerator: u32, denominator: u32 });

export const v4l2_frmsizeenum = struct({
  index: u32,
  pixel_format: u32,
  type: u32,
  anonymous: union({
    discrete: struct({ width: u32, height: u32 }),
    stepwise: struct({
      min_width: u32,
      max_width: u32,
      step_width: u32,
      min_height: u32,
      max_height: u32,
      step_height: u32,
    }),
  }),
  reserved: list(u32, 2),
});

export const v4l2_frmivalenum = struct({
  index: u32,
  pixel_format: u32,
  width: u32,
  height: u32,
  type: u32,
  anonymous: union({
    discrete: v4l2_fract,
    stepwise: struct({ min: v4l2_fract, max: v4l2_fract, step: v4l2_fract }),
  }),
  reserved: list(u32, 2),
});

export const ENUM_FRAMESIZES = iowr('VIDIOC_ENUM_FRAMESIZES', 74, v4l2_frmsizeenum);
export const ENUM_FRAMEINTERVALS = iowr('VIDIOC_ENUM_FRAMEINTERVALS', 75, v4l2_frmivalenum);

/** The same numbers for sizes and intervals. */
export const RangeType = { DISCRETE: 1, CONTINUOUS: 2, STEPWISE: 3 } as const;
