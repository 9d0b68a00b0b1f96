import {
  ior,
  iow,
  iowr,
  list,
  long,
  packed,
  pointer,
  s32,
  s64,
  struct,
  text,
  u8,
  u16,
  u32,
  u64,
  ulong,
  union,
} from './layout.js';

// The part of linux/videodev2.h, and of poll.h, that this package uses, under the names that C has for it.

// Devices

export const v4l2_capability = struct({
  driver: text(16),
  card: text(32),
  bus_info: text(32),
  version: u32,
  capabilities: u32,
  device_caps: u32,
  reserved: list(u32, 3),
});

export const QUERYCAP = ior('VIDIOC_QUERYCAP', 0, v4l2_capability);

export const Capability = {
  VIDEO_CAPTURE: 0x1,
  VIDEO_CAPTURE_MPLANE: 0x1000,
  STREAMING: 0x0400_0000,
  /** The node delivers nothing until a media controller links it to a sensor. Since Linux 5.8. */
  IO_MC: 0x2000_0000,
  DEVICE_CAPS: 0x8000_0000,
} as const;

// Formats, frame sizes and frame intervals

export const v4l2_fmtdesc = struct({
  index: u32,
  type: u32,
  flags: u32,
  description: text(32),
  pixelformat: u32,
  mbus_code: u32,
  reserved: list(u32, 3),
});

export const v4l2_pix_format = struct({
  width: u32,
  height: u32,
  pixelformat: u32,
  field: u32,
  bytesperline: u32,
  sizeimage: u32,
  colorspace: u32,
  priv: u32,
  flags: u32,
  ycbcr_enc: u32,
  quantization: u32,
  xfer_func: u32,
});

export const v4l2_plane_pix_format = packed({ sizeimage: u32, bytesperline: u32, reserved: list(u16, 6) });

export const MAX_PLANES = 8;

export const v4l2_pix_format_mplane = packed({
  width: u32,
  height: u32,
  pixelformat: u32,
  field: u32,
  colorspace: u32,
  plane_fmt: list(v4l2_plane_pix_format, MAX_PLANES),
  num_planes: u8,
  flags: u8,
  ycbcr_enc: u8,
  quantization: u8,
  xfer_func: u8,
  reserved: list(u8, 7),
});

const v4l2_rect = struct({ left: s32, top: s32, width: u32, height: u32 });

/** Not used with cameras, but its pointers set the alignment of the union. */
export const v4l2_window = struct({
  w: v4l2_rect,
  field: u32,
  chromakey: u32,
  clips: pointer,
  clipcount: u32,
  bitmap: pointer,
  global_alpha: u8,
});

export const v4l2_format = struct({
  type: u32,
  fmt: union({
    pix: v4l2_pix_format,
    pix_mp: v4l2_pix_format_mplane,
    win: v4l2_window,
    raw_data: list(u8, 200),
  }),
});

export const ENUM_FMT = iowr('VIDIOC_ENUM_FMT', 2, v4l2_fmtdesc);
export const G_FMT = iowr('VIDIOC_G_FMT', 4, v4l2_format);
export const S_FMT = iowr('VIDIOC_S_FMT', 5, v4l2_format);

export const FormatFlag = { COMPRESSED: 0x1, EMULATED: 0x2 } as const;
/** In `priv`: the fields after it are valid. */
export const PIX_FMT_PRIV_MAGIC = 0xfeed_cafe;

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

/** The same numbers for sizes and for intervals. */
export const RangeType = { DISCRETE: 1, CONTINUOUS: 2, STEPWISE: 3 } as const;

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

// Buffers

export const v4l2_requestbuffers = struct({
  count: u32,
  type: u32,
  memory: u32,
  capabilities: u32,
  flags: u8,
  reserved: list(u8, 3),
});

export const v4l2_plane = struct({
  bytesused: u32,
  length: u32,
  m: union({ mem_offset: u32, userptr: ulong, fd: s32 }),
  data_offset: u32,
  reserved: list(u32, 11),
});

/**
 * With a 32-bit `time_t` on 32-bit machines: every kernel accepts this form, whichever `time_t` libc has, and
 * timestamps count from boot.
 */
const timeval = struct({ tv_sec: long, tv_usec: long });

const v4l2_timecode = struct({
  type: u32,
  flags: u32,
  frames: u8,
  seconds: u8,
  minutes: u8,
  hours: u8,
  userbits: text(4),
});

export const v4l2_buffer = struct({
  index: u32,
  type: u32,
  bytesused: u32,
  flags: u32,
  field: u32,
  timestamp: timeval,
  timecode: v4l2_timecode,
  sequence: u32,
  memory: u32,
  m: union({ offset: u32, userptr: ulong, planes: pointer, fd: s32 }),
  length: u32,
  reserved2: u32,
  request_fd: s32,
});

export const int = struct({ value: s32 });

export const REQBUFS = iowr('VIDIOC_REQBUFS', 8, v4l2_requestbuffers);
export const QUERYBUF = iowr('VIDIOC_QUERYBUF', 9, v4l2_buffer);
export const QBUF = iowr('VIDIOC_QBUF', 15, v4l2_buffer);
export const DQBUF = iowr('VIDIOC_DQBUF', 17, v4l2_buffer);
export const STREAMON = iow('VIDIOC_STREAMON', 18, int);
export const STREAMOFF = iow('VIDIOC_STREAMOFF', 19, int);

export const BufferType = { VIDEO_CAPTURE: 1, VIDEO_CAPTURE_MPLANE: 9 } as const;
export const MEMORY_MMAP = 1;
export const BufferFlag = {
  KEYFRAME: 0x8,
  ERROR: 0x40,
  TIMESTAMP_MASK: 0xe000,
  TIMESTAMP_MONOTONIC: 0x2000,
} as const;

/** The events are signed in C; as bit sets, they may be read unsigned. */
export const pollfd = struct({ fd: s32, events: u16, revents: u16 });

/** A frame can be dequeued. After any other event, the next dequeue fails. */
export const POLLIN = 0x1;

// Controls

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

/** Combined with an id, these request the next control after it. */
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

export const CtrlType = {
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

// Events

export const v4l2_event_subscription = struct({ type: u32, id: u32, flags: u32, reserved: list(u32, 5) });

export const v4l2_event_ctrl = struct({
  changes: u32,
  type: u32,
  anonymous: union({ value: s32, value64: s64 }),
  flags: u32,
  minimum: s32,
  maximum: s32,
  step: s32,
  default_value: s32,
});

/** With a 32-bit `time_t` on 32-bit machines, like `timeval`. */
const timespec = struct({ tv_sec: long, tv_nsec: long });

export const v4l2_event = struct({
  type: u32,
  u: union({ ctrl: v4l2_event_ctrl, data: list(u8, 64) }),
  pending: u32,
  sequence: u32,
  timestamp: timespec,
  id: u32,
  reserved: list(u32, 8),
});

export const DQEVENT = ior('VIDIOC_DQEVENT', 89, v4l2_event);
export const SUBSCRIBE_EVENT = iow('VIDIOC_SUBSCRIBE_EVENT', 90, v4l2_event_subscription);
export const UNSUBSCRIBE_EVENT = iow('VIDIOC_UNSUBSCRIBE_EVENT', 91, v4l2_event_subscription);

export const EventType = { ALL: 0, CTRL: 3 } as const;
/** In `changes`. */
export const ControlChange = { VALUE: 0x1, FLAGS: 0x2, RANGE: 0x4 } as const;
