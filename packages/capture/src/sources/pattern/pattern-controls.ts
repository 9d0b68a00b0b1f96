import type { ControlValue } from '@framehub/frame';
import { ControlId, type DeviceControl } from '../control-values.js';
import type { ControlDevice } from '../device-controls.js';
import { DEFAULT_LOOK, type Look } from './test-pattern.js';

/** As enum v4l2_exposure_auto_type has them. */
const [AUTO, MANUAL] = [0, 1] as const;
/** Luma of the scenes that are of one grey. */
const GREYS: Readonly<Record<number, number>> = { 1: 128, 2: 0, 3: 255 };
const USUAL_EXPOSURE = 250;

type Description = Pick<DeviceControl, 'name' | 'label' | 'type' | 'default'> &
  Partial<Pick<DeviceControl, 'id' | 'minimum' | 'maximum' | 'step' | 'menu'>>;

const menuOf = (...labels: string[]) => labels.map((label, value) => ({ value, label }));

/** Names, ranges and manners are those of a USB camera, where it has the like. */
const DESCRIPTIONS: readonly Description[] = [
  { id: ControlId.BRIGHTNESS, name: 'brightness', label: 'Brightness', type: 'integer', maximum: 255, default: 128 },
  { name: 'negative', label: 'Negative', type: 'boolean', default: 0 },
  { name: 'scene', label: 'Scene', type: 'menu', default: 0, menu: menuOf('Bars', 'Grey', 'Black', 'White') },
  { name: 'ball_speed', label: 'Ball Speed', type: 'integer', maximum: 32, step: 4, default: 4 },
  {
    id: ControlId.EXPOSURE_AUTO,
    name: 'auto_exposure',
    label: 'Auto Exposure',
    type: 'menu',
    default: AUTO,
    menu: menuOf('Auto Mode', 'Manual Mode'),
  },
  {
    id: ControlId.EXPOSURE_ABSOLUTE,
    name: 'exposure_time_absolute',
    label: 'Exposure Time, Absolute',
    type: 'integer',
    minimum: 1,
    maximum: 5000,
    default: USUAL_EXPOSURE,
  },
  { name: 'title', label: 'Title', type: 'string', maximum: 32, default: 0 },
  { name: 'reset', label: 'Reset', type: 'button', maximum: 0, step: 0, default: 0 },
];

/** The controls of the test pattern: of each type one, that pages and clients can be tried without a camera. */
export class PatternControls implements ControlDevice {
  readonly #values = new Map<string, ControlValue>();
  #look: Look | undefined;

  constructor() {
    this.#reset();
  }

  controls(): readonly DeviceControl[] {
    return DESCRIPTIONS.map((description) => ({
      id: undefined,
      minimum: 0,
      maximum: (description.menu?.length ?? 2) - 1,
      step: 1,
      menu: undefined,
      ...description,
      value: this.#values.get(description.name),
      inactive: description.name === 'exposure_time_absolute' && !this.#isManual,
      readOnly: false,
      volatile: false,
      grabbed: false,
    }));
  }

  set(name: string, value: ControlValue): void {
    this.#look = undefined;
    if (name === 'reset') this.#reset();
    else if (name === 'exposure_time_absolute' && !this.#isManual)
      throw Object.assign(new Error('exposure is automatic'), { code: 'EACCES' });
    else this.#values.set(name, value);
  }

  watch(): void {}

  /** Nobody else can reach them. */
  changes(): readonly string[] {
    return [];
  }

  /** How the pattern looks with the present values; the same object until they change. */
  get look(): Look {
    this.#look ??= this.#makeLook();
    return this.#look;
  }

  #makeLook(): Look {
    const number = (name: string): number => Number(this.#values.get(name));
    const exposure = this.#isManual ? number('exposure_time_absolute') / USUAL_EXPOSURE : 1;
    const added = number('brightness') - 128;
    const negative = number('negative') === 1;
    return {
      shade(luma) {
        const lit = Math.min(255, Math.max(0, Math.round(luma * exposure) + added));
        return negative ? 255 - lit : lit;
      },
      ground: GREYS[number('scene')] ?? 'bars',
      ballSpeed: number('ball_speed'),
      title: String(this.#values.get('title')),
    };
  }

  get #isManual(): boolean {
    return this.#values.get('auto_exposure') === MANUAL;
  }

  #reset(): void {
    for (const { name, type, default: value } of DESCRIPTIONS)
      if (type !== 'button') this.#values.set(name, type === 'string' ? DEFAULT_LOOK.title : value);
  }
}
