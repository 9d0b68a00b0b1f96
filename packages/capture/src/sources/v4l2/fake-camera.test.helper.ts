import type { ActiveFormat, CapturedBuffer, FormatRequest, Fraction } from 'node-v4l2-camera';

type Frame = Partial<Pick<CapturedBuffer, 'error' | 'sequence' | 'timestampUs'>> & { readonly bytes: Uint8Array };

/** V4l2Camera as a source sees it, with frames that a test has made. */
export class FakeCamera {
  /** The calls it received, in words. */
  readonly told: string[] = [];
  /** Buffers that are lent. */
  lent = 0;
  readonly #frames: Frame[];
  /** Whether the USB bus has room. */
  readonly #hasRoom: (setting: string) => boolean;
  #setting = '';
  #sequence = 0;

  constructor(frames: readonly Frame[] = [], hasRoom: (setting: string) => boolean = () => true) {
    this.#frames = [...frames];
    this.#hasRoom = hasRoom;
  }

  /** More frames in its queue. */
  add(...frames: readonly Frame[]): void {
    this.#frames.push(...frames);
  }

  setFormat({ fourcc, width, height }: FormatRequest): ActiveFormat {
    this.#setting = `${width}x${height} ${fourcc}`;
    this.told.push(this.#setting);
    const bytesPerLine = fourcc === 'MJPG' ? 0 : width * 2;
    const sizeImage = width * height * 2;
    return {
      fourcc,
      width,
      height,
      bytesPerLine,
      sizeImage,
      colorspace: 'srgb',
      quantization: 'default',
      planes: [{ bytesPerLine, sizeImage }],
    };
  }

  setFrameInterval(interval: Fraction): Fraction {
    this.#setting += ` ${interval.denominator / interval.numerator}`;
    return interval;
  }

  start(): void {
    if (!this.#hasRoom(this.#setting))
      throw Object.assign(new Error('no room'), { code: 'ENOSPC', syscall: 'STREAMON' });
    this.told.push('start');
  }

  dequeue(): CapturedBuffer | undefined {
    const frame = this.#frames.shift();
    if (!frame) return undefined;
    this.lent += 1;
    const sequence = frame.sequence ?? this.#sequence;
    this.#sequence = sequence + 1;
    return {
      index: 0,
      planes: [frame.bytes],
      bytesUsed: frame.bytes.length,
      timestampUs: Number(process.hrtime.bigint() / 1000n),
      clock: 'monotonic',
      error: false,
      keyframe: false,
      ...frame,
      sequence,
      [Symbol.dispose]: () => this.requeue(),
    };
  }

  requeue(): void {
    this.lent -= 1;
  }
}
