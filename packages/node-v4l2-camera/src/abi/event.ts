import { list, long, s32, s64, struct, u8, u32, union } from './layout.js';
import { ior, iow } from './request.js';

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

/** With the `time_t` of 32 bits on 32-bit machines, as v4l2_buffer has it. */
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
