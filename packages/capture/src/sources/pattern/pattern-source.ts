import { type CameraControl, type ControlValues, isJpeg } from '@framehub/frame';
import { PATTERN_DEFAULTS, type PatternOptions } from '../../options.js';
import { unixNow } from '../../thread/clock.js';
import { Ticker } from '../../thread/ticker.js';
import { DeviceControls } from '../device-controls.js';
import type { SourceStart } from '../open-source.js';
import type { Source, SourceHost } from '../source.js';
import { type Canvas, canvasFor } from './canvas.js';
import { PatternControls } from './pattern-controls.js';
import { TestCard } from './test-card.js';

/** A camera that is not there: draws the test card at its rate while somebody watches. */
export class PatternSource implements Source {
  readonly lively = false;
  readonly expecting = false;
  readonly #host: SourceHost;
  readonly #options: Required<Omit<PatternOptions, 'controls'>>;
  readonly #ticker: Ticker;
  readonly #device = new PatternControls();
  readonly #controls: DeviceControls;
  #card!: TestCard;
  #canvas!: Canvas;
  #next: number;

  constructor(options: PatternOptions, host: SourceHost, { controls, originals }: SourceStart) {
    this.#options = { ...PATTERN_DEFAULTS, ...options };
    this.#host = host;
    this.#next = host.firstSequence;
    this.#ticker = new Ticker(this.#options.fps, () => this.#draw());
    this.#controls = new DeviceControls(this.#device, host, originals);
    this.#controls.begin({ ...options.controls, ...controls });
    this.#paint();
    const { width, height, fourcc, fps } = this.#options;
    host.opened({ label: `test pattern ${width}x${height} ${fourcc}`, fps });
    this.#draw();
  }

  demand(wanted: boolean): void {
    if (wanted) this.#ticker.start();
    else this.#ticker.stop();
  }

  controls(): readonly CameraControl[] {
    return this.#controls.list();
  }

  setControls(values: ControlValues): readonly CameraControl[] {
    return this.#painted(() => this.#controls.set(values));
  }

  replaceControls(values: ControlValues): readonly CameraControl[] {
    return this.#painted(() => this.#controls.replace(values));
  }

  async still(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    this.#ticker.stop();
    this.#controls.restore();
  }

  /** Some are set although others are refused. */
  #painted(change: () => readonly CameraControl[]): readonly CameraControl[] {
    try {
      return change();
    } finally {
      this.#paint();
    }
  }

  #paint(): void {
    const { width, height, fps, fourcc } = this.#options;
    const details = `${width}x${height} ${fps} fps ${isJpeg(fourcc) ? 'JPEG' : fourcc}`;
    this.#card = new TestCard(width, height, [this.#host.cameraName, details], this.#device.look);
    this.#canvas = canvasFor(fourcc, this.#card.scene);
  }

  #draw(): void {
    const sequence = this.#next++;
    const capturedAt = unixNow();
    this.#card.draw(sequence, capturedAt);
    this.#host.frame(this.#canvas.render(), this.#canvas.format, sequence, capturedAt);
  }
}
