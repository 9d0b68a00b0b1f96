import { type JpegInfo, MAX_PIXELS, MAX_SCANS, type PixelFormat } from '@framehub/frame';
import { BadFrame } from '../bad-frame.js';
import { type Kernels, MAX_FRAME_MEMORY } from '../kernels.js';
import type { Orientation } from '../orientation.js';
import type { Picture, Sampling, Size } from '../picture.js';
import { unpack } from '../unpack.js';
import type { Codec } from './codec.js';
import {
  ColorSpace,
  type Handle,
  Init,
  Param,
  PixelOrder,
  type SizeCell,
  Subsamp,
  type Transform,
  TransformOption,
  type TurboLibrary,
} from './turbo-library.js';
import { samplingOf, subsampOf, transformOpOf } from './turbo-terms.js';

/**
 * What decoding may divide a picture by. The DCT knows the other eighths too, but nothing is vectorised for them, so that
 * most take longer than decoding in full (720p, ms: 8/8 1.6, 7/8 5.3, 6/8 3.4, 5/8 2.8, 1/2 1.3, 3/8 1.5, 1/4 1.2, 1/8 0.9).
 */
const DIVISORS = [8, 4, 2, 1] as const;

/**
 * Megabytes that the library may take for the coefficients of a whole picture, which it does for progressive ones, and
 * for those that it turns without decoding them: 21 megapixels in 4:2:0. Beyond that the former are refused, and the
 * latter decoded.
 */
const MAX_COEFFICIENT_MEMORY = 64;

/** Bytes: the library reckons with six for each pixel at the most. They cost memory only as far as they are written. */
const MAX_OUTPUT = 6 * MAX_PIXELS + 65_536;

/** What some cameras leave between the last scan line and the end marker; the picture is whole. */
const HARMLESS_WARNING = /: [1-8] extraneous bytes before marker/;

/** What the library says where a picture goes beyond the limits that it was given. */
const BEYOND_LIMITS = /Memory limit exceeded|Insufficient memory|more than \d+ scans|Image is too large/;

/**
 * libjpeg-turbo 3.1 or newer. Every call makes a handle of its own, which takes 1 to 2 microseconds: a handle remembers Huffman
 * and quantisation tables, and one camera's tables must never decode another camera's table-less frames.
 */
export class TurboCodec implements Codec {
  readonly #library: TurboLibrary;
  readonly #kernels: Kernels;
  /** Where the library writes; large enough for the worst case, of which only what is written ever takes memory. */
  #output = new Uint8Array(0);

  constructor(library: TurboLibrary, kernels: Kernels) {
    this.#library = library;
    this.#kernels = kernels;
  }

  transform(jpeg: Uint8Array, info: JpegInfo, orientation: Orientation): Uint8Array<ArrayBuffer> | undefined {
    const { tj3Transform, tj3TransformBufSize } = this.#library;
    // Markers are left behind: an Exif orientation would turn the picture once more.
    const options = TransformOption.PERFECT | TransformOption.COPYNONE;
    const asked: [Transform] = [
      { x: 0, y: 0, w: 0, h: 0, op: transformOpOf(orientation), options, data: null, customFilter: null },
    ];
    return this.#with(Init.TRANSFORM, (handle) => {
      this.#readHeader(handle, jpeg, info);
      const [output, size] = this.#room(handle, tj3TransformBufSize(handle, asked));
      const code = tj3Transform(handle, jpeg, info.byteLength, 1, [output], size, asked);
      // Not perfect, or damaged: decoding will tell.
      return this.#succeeded(handle, code) ? output.slice(0, size[0]) : undefined;
    });
  }

  decode(jpeg: Uint8Array, info: JpegInfo, atLeast: Size): Picture {
    return this.#with(Init.DECOMPRESS, (handle) => {
      const { tj3SetScalingFactor, tj3Get } = this.#library;
      this.#readHeader(handle, jpeg, info);
      const divisor = DIVISORS.find((by) => divides(by, info) && covers(divided(info, by), atLeast)) ?? 1;
      // Unheeded, a refusal would decode in full size over the end of smaller planes.
      if (tj3SetScalingFactor(handle, { num: 1, denom: divisor }) !== 0) throw this.#error(handle, 'scale');
      const size = divided(info, divisor);
      const subsamp = tj3Get(handle, Param.SUBSAMP);
      const colorSpace = tj3Get(handle, Param.COLORSPACE);
      const planar = colorSpace === ColorSpace.YCBCR || colorSpace === ColorSpace.GRAY;
      return samplingOf(subsamp) && planar
        ? this.#decodePlanes(handle, jpeg, info, size, subsamp)
        : this.#decodeRgb(handle, jpeg, info, size);
    });
  }

  /**
   * Reads the header, and refuses what the library would decode into other sizes than it is asked for: of lossless files
   * it ignores the scale, and 12 and 16 bits have calls of their own. Limits what decoding may cost from here on.
   */
  #readHeader(handle: Handle, jpeg: Uint8Array, info: JpegInfo): void {
    const { tj3DecompressHeader, tj3Get, tj3Set } = this.#library;
    tj3Set(handle, Param.SCANLIMIT, MAX_SCANS);
    tj3Set(handle, Param.MAXMEMORY, MAX_COEFFICIENT_MEMORY);
    tj3Set(handle, Param.MAXPIXELS, MAX_PIXELS);
    // Otherwise it would keep a copy of the ICC profile.
    tj3Set(handle, Param.SAVEMARKERS, 0);
    this.#mustDecode(handle, tj3DecompressHeader(handle, jpeg, info.byteLength));
    const read = (param: number): number => tj3Get(handle, param);
    if (read(Param.LOSSLESS) !== 0 || read(Param.ARITHMETIC) !== 0 || read(Param.PRECISION) !== 8)
      throw new BadFrame('unsupported-format');
    // Planes are made by our reading of the header and filled by the library's.
    if (read(Param.JPEGWIDTH) !== info.width || read(Param.JPEGHEIGHT) !== info.height) throw new BadFrame('corrupt');
  }

  #decodePlanes(handle: Handle, jpeg: Uint8Array, info: JpegInfo, size: Size, subsamp: number): Picture {
    const sampling = samplingOf(subsamp) as Sampling;
    const planes = this.#kernels.planes(size, sampling, subsamp === Subsamp.GRAY ? 1 : 3);
    const picture = { ...size, sampling, planes };
    const views = this.#checkedViews(picture, subsamp);
    const strides = planes.map(({ stride }) => stride);
    this.#mustDecode(handle, this.#library.tj3DecompressToYUVPlanes8(handle, jpeg, info.byteLength, views, strides));
    return picture;
  }

  /** For colour spaces and chroma layouts that the planes' call refuses. */
  #decodeRgb(handle: Handle, jpeg: Uint8Array, info: JpegInfo, { width, height }: Size): Picture {
    const stride = 3 * width;
    // The planes that are made of them are as large.
    if (2 * stride * height > MAX_FRAME_MEMORY) throw new BadFrame('oversized');
    const pixels = new Uint8Array(stride * height);
    const code = this.#library.tj3Decompress8(handle, jpeg, info.byteLength, pixels, stride, PixelOrder.RGB);
    this.#mustDecode(handle, code);
    return unpack(this.#kernels, { fourcc: 'RGB3', width, height, stride, range: 'full' }, pixels);
  }

  encode(picture: Picture, quality: number): Uint8Array<ArrayBuffer> {
    const { width, height, sampling, planes } = picture;
    this.#kernels.fillEdge(picture);
    return this.#with(Init.COMPRESS, (handle) => {
      const subsamp = planes.length === 1 ? Subsamp.GRAY : subsampOf(sampling);
      const [output, size] = this.#prepare(handle, picture, subsamp, quality);
      const strides = planes.map(({ stride }) => stride);
      const views = this.#checkedViews(picture, subsamp);
      const call = this.#library.tj3CompressFromYUVPlanes8;
      this.#mustEncode(handle, call(handle, views, width, strides, height, [output], size));
      return output.slice(0, size[0]);
    });
  }

  encodeRgb(bytes: Uint8Array, format: PixelFormat, sampling: Sampling, quality: number): Uint8Array<ArrayBuffer> {
    const { width, height, stride } = format;
    return this.#with(Init.COMPRESS, (handle) => {
      const [output, size] = this.#prepare(handle, format, subsampOf(sampling), quality);
      const order = format.fourcc === 'BGR3' ? PixelOrder.BGR : PixelOrder.RGB;
      const call = this.#library.tj3Compress8;
      this.#mustEncode(handle, call(handle, bytes, width, stride, height, order, [output], size));
      return output.slice(0, size[0]);
    });
  }

  #with<T>(initType: number, use: (handle: Handle) => T): T {
    const handle = this.#library.tj3Init(initType);
    if (!handle) throw new Error('libjpeg-turbo has no memory for another handle');
    try {
      return use(handle);
    } finally {
      this.#library.tj3Destroy(handle);
    }
  }

  #prepare(handle: Handle, size: Size, subsamp: number, quality: number): [Uint8Array<ArrayBuffer>, SizeCell] {
    const { tj3Set, tj3JPEGBufSize } = this.#library;
    tj3Set(handle, Param.QUALITY, quality);
    tj3Set(handle, Param.SUBSAMP, subsamp);
    return this.#room(handle, tj3JPEGBufSize(size.width, size.height, subsamp));
  }

  /**
   * The output buffer, and the cell that tells the library how much of it there is.
   * @param needed bytes, by the library's word
   */
  #room(handle: Handle, needed: number): [Uint8Array<ArrayBuffer>, SizeCell] {
    if (needed === 0) throw this.#error(handle, 'tell the size of its output');
    if (needed > MAX_OUTPUT) throw new BadFrame('oversized');
    if (this.#output.length < needed) this.#output = new Uint8Array(needed);
    this.#library.tj3Set(handle, Param.NOREALLOC, 1);
    return [this.#output, [needed]];
  }

  /** The planes' memory, which has been compared with what the library says that it touches. */
  #checkedViews({ width, height, planes }: Picture, subsamp: number): Uint8Array[] {
    return planes.map((plane, component) => {
      const view = this.#kernels.view(plane.at, plane.bytes);
      const needed = this.#library.tj3YUVPlaneSize(component, width, plane.stride, height, subsamp);
      if (needed === 0 || needed > view.length)
        throw new Error(`plane ${component} of ${width}x${height} has ${view.length} bytes, not ${needed}`);
      return view;
    });
  }

  #succeeded(handle: Handle, code: number): boolean {
    return code === 0 || HARMLESS_WARNING.test(this.#library.tj3GetErrorStr(handle));
  }

  #mustDecode(handle: Handle, code: number): void {
    if (this.#succeeded(handle, code)) return;
    throw new BadFrame(BEYOND_LIMITS.test(this.#library.tj3GetErrorStr(handle)) ? 'oversized' : 'corrupt');
  }

  #mustEncode(handle: Handle, code: number): void {
    if (code !== 0) throw this.#error(handle, 'encode');
  }

  #error(handle: Handle, verb: string): Error {
    return new Error(`libjpeg-turbo could not ${verb}: ${this.#library.tj3GetErrorStr(handle)}`);
  }
}

/** An uneven size would be rounded up, and stretched by that when it is scaled further. */
function divides(by: number, { width, height }: Size): boolean {
  return width % by === 0 && height % by === 0;
}

function divided({ width, height }: Size, by: number): Size {
  return { width: width / by, height: height / by };
}

function covers(size: Size, other: Size): boolean {
  return size.width >= other.width && size.height >= other.height;
}
