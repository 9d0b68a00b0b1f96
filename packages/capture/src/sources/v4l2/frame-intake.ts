import type { CapturedBuffer, V4l2Camera } from 'node-v4l2-camera';
import type { SourceHost } from '../source.js';
import type { CaptureTimes } from './capture-times.js';
import type { FrameCount } from './frame-count.js';
import { faultOf, type V4l2Stream } from './v4l2-stream.js';

/** Takes frames out of a driver's queue and hands on those that are fit to be shown. All calls throw V4l2Error. */
export class FrameIntake {
  readonly #camera: Pick<V4l2Camera, 'dequeue' | 'requeue'>;
  readonly #host: Pick<SourceHost, 'frame' | 'drop'>;
  readonly #count: FrameCount;
  readonly #times: CaptureTimes;
  #stream: V4l2Stream;

  constructor(
    camera: Pick<V4l2Camera, 'dequeue' | 'requeue'>,
    host: Pick<SourceHost, 'frame' | 'drop'>,
    count: FrameCount,
    times: CaptureTimes,
    stream: V4l2Stream,
  ) {
    this.#camera = camera;
    this.#host = host;
    this.#count = count;
    this.#times = times;
    this.#stream = stream;
  }

  /** The camera has begun another stream, or the same one anew. */
  restart(stream: V4l2Stream): void {
    this.#stream = stream;
    this.#count.restart();
  }

  /** All that is there. */
  takeAll(): void {
    for (let buffer = this.#camera.dequeue(0); buffer; buffer = this.#camera.dequeue(0)) this.#hand(buffer);
  }

  /** One frame, for which it waits so many milliseconds at most. What has queued up meanwhile is old: the newest counts. */
  takeNewest(patience: number): void {
    let newest = this.#camera.dequeue(patience);
    for (let next = newest; next; next = this.#camera.dequeue(0)) {
      if (newest && next !== newest) {
        this.#camera.requeue(newest);
        this.#host.drop('late');
      }
      newest = next;
    }
    if (newest) this.#hand(newest);
  }

  #hand(buffer: CapturedBuffer): void {
    const { format, mostBytes, leastBytes } = this.#stream;
    const { sequence, lost } = this.#count.take(buffer.sequence);
    if (lost > 0) this.#host.drop('lost', lost);
    const fault = faultOf(buffer, this.#stream);
    if (fault) this.#host.drop(fault);
    else {
      // What a driver leaves behind a raw frame is of no use to anybody.
      const bytes = leastBytes > 0 ? buffer.bytes.subarray(0, leastBytes) : buffer.bytes;
      this.#host.frame(bytes, format, sequence, this.#times.of(buffer), mostBytes);
    }
    this.#camera.requeue(buffer);
  }
}
