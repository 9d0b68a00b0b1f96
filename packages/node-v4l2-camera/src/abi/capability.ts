import { list, struct, text, u32 } from './layout.js';
import { ior } from './request.js';

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
  /** The node does nothing before a media controller has linked it to a sensor. Since Linux 5.8. */
  IO_MC: 0x2000_0000,
  DEVICE_CAPS: 0x8000_0000,
} as const;
