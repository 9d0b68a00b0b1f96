import { list, packed, pointer, s32, s64, struct, text, u32, u64, union } from './layout.js';
import { iowr } from './request.js';

export const v4l2_control = struct({ id: u32, value: s32 });

export const v4l2_ext_control = packed({
  id: u32,
  size: u32,
  reserved2: list(u32, 1),
  anonymous: union({ value: s32, value64: s64, string: pointer }),
});

export const v4l2_ext_controls = struct({
  which: u32,
  count: u32,
  error_idx: u32,
  request_fd: s32,
  reserved: list(u32, 1),
  controls: pointer,
});

export const v4l2_queryctrl = struct({
  id: u32,
  type: u32,
  name: text(32),
  minimum: s32,
  maximum: s32,
  step: s32,
  default_value: s32,
  flags: u32,
  reserved: list(u32, 2),
});

export const v4l2_query_ext_ctrl = struct({
  id: u32,
  type: u32,
  name: text(32),
  minimum: s64,
  maximum: s64,
  step: u64,
  default_value: s64,
  flags: u32,
  elem_size: u32,
  elems: u32,
  nr_of_dims: u32,
  dims: list(u32, 4),
  reserved: list(u32, 32),
});

export const v4l2_querymenu = packed({
  id: u32,
  index: u32,
  anonymous: union({ name: text(32), value: s64 }),
  reserved: u32,
});

export const G_CTRL = iowr('VIDIOC_G_CTRL', 27, v4l2_control);
export const S_CTRL = iowr('VIDIOC_S_CTRL', 28, v4l2_control);
export const QUERYCTRL = iowr('VIDIOC_QUERYCTRL', 36, v4l2_queryctrl);
export const QUERYMENU = iowr('VIDIOC_QUERYMENU', 37, v4l2_querymenu);
export const G_EXT_CTRLS = iowr('VIDIOC_G_EXT_CTRLS', 71, v4l2_ext_controls);
export const S_EXT_CTRLS = iowr('VIDIOC_S_EXT_CTRLS', 72, v4l2_ext_controls);
export const QUERY_EXT_CTRL = iowr('VIDIOC_QUERY_EXT_CTRL', 103, v4l2_query_ext_ctrl);

/** Joined with an id, these ask for the next control after it. */
export const NEXT_CTRL = 0x8000_0000;
export const NEXT_COMPOUND = 0x4000_0000;

export const ControlFlag = {
  DISABLED: 0x1,
  GRABBED: 0x2,
  READ_ONLY: 0x4,
  INACTIVE: 0x10,
  WRITE_ONLY: 0x40,
  VOLATILE: 0x80,
  HAS_PAYLOAD: 0x100,
} as const;

export const ControlType = {
  INTEGER: 1,
  BOOLEAN: 2,
  MENU: 3,
  BUTTON: 4,
  INTEGER64: 5,
  CTRL_CLASS: 6,
  STRING: 7,
  BITMASK: 8,
  INTEGER_MENU: 9,
} as const;
