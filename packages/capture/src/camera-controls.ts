import { type CameraControl, type ControlOrigin, type ControlValues, codeOf } from '@framehub/frame';
import type { CaptureThread } from './capture-thread.js';
import { differing, type KeptControls, lasting } from './kept-controls.js';
import type { Supervisor } from './supervisor.js';

/** What happened to values of controls. */
export interface ControlsChange {
  /** All controls, as read back. */
  readonly controls: readonly CameraControl[];
  /** Names of those whose values are others now. */
  readonly changed: readonly string[];
  /** By another program. */
  readonly origin: ControlOrigin;
}

/** A camera's controls: asked and set on its thread, and kept for the next one. */
export class CameraControls {
  readonly #supervisor: Supervisor;
  readonly #changed: (change: ControlsChange) => void;

  constructor(supervisor: Supervisor, changed: (change: ControlsChange) => void) {
    this.#supervisor = supervisor;
    this.#changed = changed;
  }

  list(): Promise<readonly CameraControl[]> {
    return this.#supervisor.ask((thread) => thread.controls());
  }

  set(wishes: ControlValues): Promise<readonly CameraControl[]> {
    return this.#supervisor.ask((thread) =>
      this.#change(
        thread,
        () => thread.setControls(wishes),
        (kept, controls) => kept.with(lasting(wishes, controls)),
      ),
    );
  }

  /** While there is no camera they are kept for the time when it is back; then nothing is read back. */
  async replace(wishes: ControlValues): Promise<readonly CameraControl[]> {
    try {
      return await this.#supervisor.ask((thread) =>
        this.#change(
          thread,
          () => thread.replaceControls(wishes),
          (kept, controls) => kept.replacedBy(lasting(wishes, controls)),
        ),
      );
    } catch (error) {
      const { state, setup } = this.#supervisor;
      const isAway = state === 'retrying' || state === 'off';
      if (!isAway || isRefusal(error)) throw error;
      this.#supervisor.adopt({ ...setup, kept: setup.kept.replacedBy(wishes) });
      return [];
    }
  }

  async #change(
    thread: CaptureThread,
    act: () => Promise<readonly CameraControl[]>,
    keep: (kept: KeptControls, controls: readonly CameraControl[]) => KeptControls,
  ): Promise<readonly CameraControl[]> {
    const before = await thread.controls();
    const controls = await act();
    const { setup } = this.#supervisor;
    this.#supervisor.adopt({ ...setup, kept: keep(setup.kept, controls) });
    const changed = differing(before, controls);
    if (changed.length > 0) this.#changed({ controls, changed, origin: 'framehub' });
    return controls;
  }
}

/** Whether the camera was there to say no. */
function isRefusal(error: unknown): boolean {
  return /^CAPTURE_(NO_CONTROLS|CONTROL_)/.test(codeOf(error) ?? '');
}
