import { type JpegInfo, MAX_PIXELS, MAX_SCANS, type PixelFormat, type Size } from '@framehub/frame';
import { RejectedFrame } from '../jpeg.js';
import { type Kernels, MAX_FRAME_MEMORY } from '../kernels.js';
import type { Orientation, PlanarImage, Sampling } from '../planar-image.js';
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
  TransformOp,
  TransformOption,
  type TurboLibrary,
} from './turbo-library.js';

/**
 * By what decoding may reduce the size. The DCT can give the other eighths too, but they are not vectorised, and most take
 * longer than decoding in full size (720p, ms: 8/8 1.6, 7/8 5.3, 6/8 3.4, 5/8 2.8, 1/2 1.3, 3/8 1.5, 1/4 1.2, 1/8 0.9).
 */
const DIVISORS = [8, 4, 2, 1] as const;

/**
 * Megabytes that the library may allocate for coefficients of a whole JPEG, which it needs for progressive files and for
 * rotating without decoding: 21 megapixels in 4:2:0. Larger progressive files are rejected, other large ones decoded.
 */
const MAX_COEFFICIENT_MEMORY = 64;

/** Bytes: the library asks for at most six per pixel. They take memory only as far as they are written. */
const MAX_OUTPUT = 6 * MAX_PIXELS + 65_536;

/** Some cameras leave bytes between the last scan line and the end marker; the image is complete. */
const HARMLESS_WARNING = /: [1-8] extraneous bytes before marker/;

/** The library's messages when a file exceeds the limits that it was given. */
const BEYOND_LIMITS = /Memory limit exceeded|Insufficient memory|more than \d+ scans|Image is too large/;

/**
 * libjpeg-turbo 3.1 or newer. Every call creates its own handle, which takes 1 to 2 microseconds: a handle keeps Huffman and
 * quantisation tables, and one camera's tables must never decode another camera's frames that lack them.
 */
export class TurboCodec implements Codec {
  readonly #library: TurboLibrary;
  readonly #kernels: Kernels;
  /** Where the library writes; large enough for the worst case. Only what is written takes memory. */
  #output = new Uint8Array(0);

  constructor(library: TurboLibrary, kernels: Kernels) {
    this.#library = library;
    this.#kernels = kernels;
  }

  transform(jpeg: Uint8Array, info: JpegInfo, orientation: Orientation): Uint8Array<ArrayBuffer> | undefined {
    const { tj3Transform, tj3TransformBufSize } = this.#library;
    // Markers are not copied: a viewer would apply an Exif orientation again.
    const options = TransformOption.PERFECT | TransformOption.COPYNONE;
    const transforms: [Transform] = [
      { x: 0, y: 0, w: 0, h: 0, op: transformOpOf(orientation), options, data: null, customFilter: null },
    ];
    return this.#withHandle(Init.TRANSFORM, (handle) => {
      this.#readHeader(handle, jpeg, info);
      const [output, size] = this.#outputBuffer(handle, tj3TransformBufSize(handle, transforms));
      const code = tj3Transform(handle, jpeg, info.byteLength, 1, [output], size, transforms);
      // Not perfect, or damaged: decoding decides.
      return this.#succeeded(handle, code) ? output.slice(0, size[0]) : undefined;
    });
  }

  decode(jpeg: Uint8Array, info: JpegInfo, atLeast: Size): PlanarImage {
    return this.#withHandle(Init.DECOMPRESS, (handle) => {
      const { tj3SetScalingFactor, tj3Get } = this.#library;
      this.#readHeader(handle, jpeg, info);
      const divisor = DIVISORS.find((by) => divides(by, info) && covers(divided(info, by), atLeast)) ?? 1;
      // If this failed unnoticed, the library would decode in full size past the end of smaller planes.
      if (tj3SetScalingFactor(handle, { num: 1, denom: divisor }) !== 0) throw this.#error(handle, 'scale');
      const size = divided(info, divisor);
      const subsamp = tj3Get(handle, Param.SUBSAMP);
      const colorSpace = tj3Get(handle, Param.COLORSPACE);
      const planar = colorSpace === ColorSpace.YCBCR || colorSpace === ColorSpace.GRAY;
      const sampling = samplingOf(subsamp);
      if (!sampling || !planar) return this.#decodeRgb(handle, jpeg, info, size);
      const planes = this.#kernels.planes(size, sampling, subsamp === Subsamp.GRAY ? 1 : 3);
      const image = { ...size, sampling, planes };
      const views = this.#checkedViews(image, subsamp);
      const strides = planes.map(({ stride }) => stride);
      this.#mustDecode(handle, this.#library.tj3DecompressToYUVPlanes8(handle, jpeg, info.byteLength, views, strides));
      return image;
    });
  }

  /**
   * Reads the header and limits what decoding may cost. Rejects files that the library would decode to other sizes than
   * requested: it ignores the scale of lossless files, and 12 and 16 bits have functions of their own.
   */
  #readHeader(handle: Handle, jpeg: Uint8Array, info: JpegInfo): void {
    const { tj3DecompressHeader, tj3Get, tj3Set } = this.#library;
    tj3Set(handle, Param.SCANLIMIT, MAX_SCANS);
    tj3Set(handle, Param.MAXMEMORY, MAX_COEFFICIENT_MEMORY);
    tj3Set(handle, Param.MAXPIXELS, MAX_PIXELS);
    // Otherwise the library would keep a copy of the ICC profile.
    tj3Set(handle, Param.SAVEMARKERS, 0);
    this.#mustDecode(handle, tj3DecompressHeader(handle, jpeg, info.byteLength));
    const read = (param: number): number => tj3Get(handle, param);
    if (read(Param.LOSSLESS) !== 0 || read(Param.ARITHMETIC) !== 0 || read(Param.PRECISION) !== 8)
      throw new RejectedFrame('unsupported-format');
    // Planes are allocated by the inspected size and filled by the library's.
    if (read(Param.JPEGWIDTH) !== info.width || read(Param.JPEGHEIGHT) !== info.height)
      throw new RejectedFrame('corrupt');
  }

  /** For colour spaces and chroma layouts that cannot be decoded to planes. */
  #decodeRgb(handle: Handle, jpeg: Uint8Array, info: JpegInfo, { width, height }: Size): PlanarImage {
    const stride = 3 * width;
    // The planes that it is converted to are as large.
    if (2 * stride * height > MAX_FRAME_MEMORY) throw new RejectedFrame('oversized');
    const pixels = new Uint8Array(stride * height);
    const code = this.#library.tj3Decompress8(handle, jpeg, info.byteLength, pixels, stride, PixelOrder.RGB);
    this.#mustDecode(handle, code);
    return unpack(this.#kernels, { fourcc: 'RGB3', width, height, stride, range: 'full' }, pixels);
  }

  encode(image: PlanarImage, quality: number): Uint8Array<ArrayBuffer> {
    const { width, height, sampling, planes } = image;
    this.#kernels.fillEdge(image);
    return this.#withHandle(Init.COMPRESS, (handle) => {
      const subsamp = planes.length === 1 ? Subsamp.GRAY : subsampOf(sampling);
      const [output, size] = this.#prepare(handle, image, subsamp, quality);
      const strides = planes.map(({ stride }) => stride);
      const views = this.#checkedViews(image, subsamp);
      const call = this.#library.tj3CompressFromYUVPlanes8;
      this.#mustEncode(handle, call(handle, views, width, strides, height, [output], size));
      return output.slice(0, size[0]);
    });
  }

  encodeRgb(bytes: Uint8Array, format: PixelFormat, sampling: Sampling, quality: number): Uint8Array<ArrayBuffer> {
    const { width, height, stride } = format;
    return this.#withHandle(Init.COMPRESS, (handle) => {
      const [output, size] = this.#prepare(handle, format, subsampOf(sampling), quality);
      const order = format.fourcc === 'BGR3' ? PixelOrder.BGR : PixelOrder.RGB;
      const call = this.#library.tj3Compress8;
      this.#mustEncode(handle, call(handle, bytes, width, stride, height, order, [output], size));
      return output.slice(0, size[0]);
    });
  }

  #withHandle<T>(initType: number, use: (handle: Handle) => T): T {
    const handle = this.#library.tj3Init(initType);
    if (!handle) throw new Error('libjpeg-turbo could not allocate a handle');
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
    return this.#outputBuffer(handle, tj3JPEGBufSize(size.width, size.height, subsamp));
  }

  /**
   * The output buffer, and the cell with its size for the library.
   *
   * @param needed bytes, as computed by the library
   */
  #outputBuffer(handle: Handle, needed: number): [Uint8Array<ArrayBuffer>, SizeCell] {
    if (needed === 0) throw this.#error(handle, 'compute the size of its output');
    if (needed > MAX_OUTPUT) throw new RejectedFrame('oversized');
    if (this.#output.length < needed) this.#output = new Uint8Array(needed);
    this.#library.tj3Set(handle, Param.NOREALLOC, 1);
    return [this.#output, [needed]];
  }

  /** The planes' memory, checked against the bytes that the library computes it will access. */
  #checkedViews({ width, height, planes }: PlanarImage, subsamp: number): Uint8Array[] {
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
    throw new RejectedFrame(BEYOND_LIMITS.test(this.#library.tj3GetErrorStr(handle)) ? 'oversized' : 'corrupt');
  }

  #mustEncode(handle: Handle, code: number): void {
    if (code !== 0) throw this.#error(handle, 'encode');
  }

  #error(handle: Handle, verb: string): Error {
    return new Error(`libjpeg-turbo could not ${verb}: ${this.#library.tj3GetErrorStr(handle)}`);
  }
}

/** A size that does not divide evenly would be rounded up, and so be distorted when it is scaled further. */
function divides(by: number, { width, height }: Size): boolean {
  return width % by === 0 && height % by === 0;
}

function divided({ width, height }: Size, by: number): Size {
  return { width: width / by, height: height / by };
}

function covers(size: Size, other: Size): boolean {
  return size.width >= other.width && size.height >= other.height;
}

const SUBSAMP_OF_SAMPLING: Readonly<Record<string, number>> = {
  '1x1': Subsamp.S444,
  '2x1': Subsamp.S422,
  '2x2': Subsamp.S420,
  '1x2': Subsamp.S440,
  '4x1': Subsamp.S411,
  '1x4': Subsamp.S441,
};

const SAMPLING_OF_SUBSAMP: Readonly<Record<number, Sampling>> = {
  [Subsamp.S444]: { x: 1, y: 1 },
  [Subsamp.S422]: { x: 2, y: 1 },
  [Subsamp.S420]: { x: 2, y: 2 },
  [Subsamp.GRAY]: { x: 1, y: 1 },
  [Subsamp.S440]: { x: 1, y: 2 },
  [Subsamp.S411]: { x: 4, y: 1 },
  [Subsamp.S441]: { x: 1, y: 4 },
};

/** The chroma sampling of a libjpeg-turbo number; undefined for an unknown layout (-1). */
function samplingOf(subsamp: number): Sampling | undefined {
  return SAMPLING_OF_SUBSAMP[subsamp];
}

/**
 * The libjpeg-turbo number of a chroma sampling.
 *
 * @throws RangeError for a sampling that no JPEG has: with another number, planes would be read past their ends
 */
function subsampOf({ x, y }: Sampling): number {
  const subsamp = SUBSAMP_OF_SAMPLING[`${x}x${y}`];
  if (subsamp === undefined) throw new RangeError(`libjpeg-turbo has no chroma sampling ${x}x${y}`);
  return subsamp;
}

const { NONE, HFLIP, VFLIP, ROT180, TRANSPOSE, ROT90, ROT270, TRANSVERSE } = TransformOp;
/** By transposition, then mirrored columns (1) and lines (2) of the source. */
const OPS = { straight: [NONE, HFLIP, VFLIP, ROT180], transposed: [TRANSPOSE, ROT270, ROT90, TRANSVERSE] } as const;

/** The libjpeg-turbo number of an orientation. */
function transformOpOf({ transpose, mirrorX, mirrorY }: Orientation): number {
  const ops = transpose ? OPS.transposed : OPS.straight;
  return ops[((mirrorX ? 1 : 0) + (mirrorY ? 2 : 0)) as 0 | 1 | 2 | 3];
}
