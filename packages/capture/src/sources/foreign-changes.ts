import type { ControlValue } from '@framehub/frame';
import type { DeviceControl } from './automatics.js';
import type { ControlDevice } from './device-controls.js';

/**
 * Tells what other programs change from what follows from our own changes: devices announce both alike, as an exposure
 * time when its automatic is switched off.
 */
export class ForeignChanges {
  readonly #device: ControlDevice;
  /** Values as last seen. */
  readonly #seen = new Map<string, ControlValue | undefined>();
  readonly #announced = new Set<string>();

  constructor(device: ControlDevice) {
    this.#device = device;
  }

  /** Takes the device's news in, which has to be done before each change of ours. @returns whether there is any */
  gather(): boolean {
    for (const name of this.#device.changes()) this.#announced.add(name);
    return this.#announced.size > 0;
  }

  /** Those controls were set here, and this came of it. */
  settle(ours: Iterable<string>, controls: readonly DeviceControl[]): void {
    for (const name of ours) this.#announced.delete(name);
    this.#see(controls);
  }

  /** What was announced and is another value now, of what has an effect and is not the camera's own doing. Forgets it. */
  take(controls: readonly DeviceControl[]): DeviceControl[] {
    const changed = controls.filter(
      ({ name, value, inactive, volatile }) =>
        this.#announced.has(name) && !inactive && !volatile && value !== this.#seen.get(name),
    );
    this.#announced.clear();
    this.#see(controls);
    return changed;
  }

  /** What was announced and not taken yet, is still to be compared. */
  #see(controls: readonly DeviceControl[]): void {
    for (const { name, value } of controls) if (!this.#announced.has(name)) this.#seen.set(name, value);
  }
}
