import { list, packed, pointer, s32, struct, text, u8, u16, u32, union } from './layout.js';
import { iowr } from './request.js';

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

/** Not for cameras; but its pointers align the union that it is in. */
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
/** In `priv`: says that the fields behind it are meant. */
export const PIX_FMT_PRIV_MAGIC = 0xfeed_cafe;
