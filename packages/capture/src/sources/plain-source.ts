import type { CameraControl } from '@framehub/frame';
import { noControls } from './control-values.js';
import type { Source } from './source.js';

/** What sources have in common that are no devices: nothing to set, and one size. */
export abstract class PlainSource implements Pick<Source, 'controls' | 'setControls' | 'replaceControls' | 'still'> {
  controls(): readonly CameraControl[] {
    throw noControls();
  }

  setControls(): readonly CameraControl[] {
    throw noControls();
  }

  replaceControls(): readonly CameraControl[] {
    throw noControls();
  }

  async still(): Promise<undefined> {
    return undefined;
  }
}
