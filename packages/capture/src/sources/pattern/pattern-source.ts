import { isJpeg } from '@framehub/frame';
import { PATTERN_DEFAULTS, type PatternOptions } from '../../options.js';
import { unixNow } from '../../thread/clock.js';
import { Ticker } from '../../thread/ticker.js';
import { DeviceControls } from '../device-controls.js';
import type { Source, SourceHost, SourceStart } from '../source.js';
import { JpegCanvas } from './jpeg-canvas.js';
import { PatternControls } from './pattern-controls.js';
import { RawCanvas } from './raw-canvas.js';
import type { Canvas, Scene } from './scene.js';
import { type Look, TestPattern } from './test-pattern.js';

/** A camera that does not exist: draws the test pattern at its rate while frames are wanted. */
export class PatternSource implements Source {
  readonly lively = false;
  readonly expecting = false;
  readonly controls: DeviceControls;
  readonly #host: SourceHost;
  readonly #options: Required<Omit<PatternOptions, 'controls'>>;
  readonly #ticker: Ticker;
  readonly #device = new PatternControls();
  #drawing: { readonly pattern: TestPattern; readonly canvas: Canvas; readonly look: Look } | undefined;
  #next: number;

  constructor(options: PatternOptions, host: SourceHost, { controls, originals }: SourceStart) {
    this.#options = { ...PATTERN_DEFAULTS, ...options };
    this.#host = host;
    this.#next = host.firstSequence;
    this.#ticker = new Ticker(this.#options.fps, () => this.#draw());
    this.controls = new DeviceControls(this.#device, host, originals);
    this.controls.begin({ ...options.controls, ...controls });
    const { width, height, fourcc, fps } = this.#options;
    host.opened({ label: `test pattern ${width}x${height} ${fourcc}`, fps });
    this.#draw();
  }

  demand(wanted: boolean): void {
    if (wanted) this.#ticker.start();
    else this.#ticker.stop();
  }

  async close(): Promise<void> {
    this.#ticker.stop();
    this.controls.restore();
  }

  #draw(): void {
    const sequence = this.#next++;
    const capturedAt = unixNow();
    const { pattern, canvas } = this.#current();
    pattern.draw(sequence, capturedAt);
    this.#host.frame({ bytes: canvas.render(), format: canvas.format, sequence, capturedAt });
  }

  /** Made anew when controls have changed. */
  #current() {
    const { look } = this.#device;
    if (this.#drawing?.look === look) return this.#drawing;
    const { width, height, fps, fourcc } = this.#options;
    const details = `${width}x${height} ${fps} fps ${isJpeg(fourcc) ? 'JPEG' : fourcc}`;
    const pattern = new TestPattern(width, height, [this.#host.cameraName, details], look);
    this.#drawing = { pattern, canvas: canvasFor(fourcc, pattern.scene), look };
    return this.#drawing;
  }
}

export function canvasFor(fourcc: string, scene: Scene): Canvas {
  return isJpeg(fourcc) ? new JpegCanvas(fourcc, scene) : new RawCanvas(fourcc, scene);
}
