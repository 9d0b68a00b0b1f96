import { type CameraControl, isJpeg } from '@framehub/frame';
import { PATTERN_DEFAULTS, type PatternOptions } from '../../options.js';
import { unixNow } from '../../thread/clock.js';
import { Ticker } from '../../thread/ticker.js';
import { checkControlValues } from '../control-values.js';
import type { ControlStart } from '../open-source.js';
import type { Source, SourceHost } from '../source.js';
import { type Canvas, canvasFor } from './canvas.js';
import { TestCard } from './test-card.js';

const DEFAULT_BRIGHTNESS = 128;

/** A camera that is not there: draws the test card at its rate while somebody watches. */
export class PatternSource implements Source {
  readonly lively = false;
  readonly expecting = false;
  readonly #host: SourceHost;
  readonly #options: Required<PatternOptions>;
  readonly #ticker: Ticker;
  #brightness = DEFAULT_BRIGHTNESS;
  #card!: TestCard;
  #canvas!: Canvas;
  #next: number;

  constructor(options: PatternOptions, host: SourceHost, { controls }: ControlStart) {
    this.#options = { ...PATTERN_DEFAULTS, ...options };
    this.#host = host;
    this.#next = host.firstSequence;
    this.#ticker = new Ticker(this.#options.fps, () => this.#draw());
    this.setControls(controls);
    const { width, height, fourcc, fps } = this.#options;
    host.opened({ label: `test pattern ${width}x${height} ${fourcc}`, fps });
    this.#draw();
  }

  demand(wanted: boolean): void {
    if (wanted) this.#ticker.start();
    else this.#ticker.stop();
  }

  controls(): readonly CameraControl[] {
    return [
      {
        name: 'brightness',
        label: 'Brightness',
        type: 'integer',
        value: this.#brightness,
        minimum: 0,
        maximum: 255,
        step: 1,
        default: DEFAULT_BRIGHTNESS,
        menu: undefined,
        inactive: false,
        readOnly: false,
      },
    ];
  }

  setControls(values: Readonly<Record<string, number>>): readonly CameraControl[] {
    checkControlValues(this.controls(), values);
    this.#brightness = values.brightness ?? this.#brightness;
    const { width, height, fps, fourcc } = this.#options;
    const details = `${width}x${height} ${fps} fps ${isJpeg(fourcc) ? 'JPEG' : fourcc}`;
    this.#card = new TestCard(width, height, [this.#host.cameraName, details], this.#brightness);
    this.#canvas = canvasFor(fourcc, this.#card.scene);
    return this.controls();
  }

  async close(): Promise<void> {
    this.#ticker.stop();
  }

  #draw(): void {
    const sequence = this.#next++;
    const capturedAt = unixNow();
    this.#card.draw(sequence, capturedAt);
    this.#host.frame(this.#canvas.render(), this.#canvas.format, sequence, capturedAt);
  }
}
