import type { CameraInfo, ServerMessage } from './protocol.js';

/** The cameras there are, as far as the server has told. */
export class Roster {
  #cameras: readonly CameraInfo[] = [];

  get cameras(): readonly CameraInfo[] {
    return this.#cameras;
  }

  /** Takes what a message says of cameras. @returns whether it says anything of them */
  hear(message: ServerMessage): boolean {
    switch (message.op) {
      case 'hello':
      case 'cameras':
        this.#cameras = message.cameras;
        return true;
      case 'status':
        this.#cameras = this.#cameras.map((camera) => (camera.name === message.camera.name ? message.camera : camera));
        return true;
      case 'beat':
        this.#cameras = this.#cameras.map((camera) => withBeat(camera, message.cameras[camera.name]));
        return true;
      default:
        return false;
    }
  }

  /** Names in a list that are not in ours yet. */
  newIn(cameras: readonly CameraInfo[]): ReadonlySet<string> {
    const known = new Set(this.#cameras.map(({ name }) => name));
    return new Set(cameras.map(({ name }) => name).filter((name) => !known.has(name)));
  }
}

function withBeat(camera: CameraInfo, beat: readonly [fps: number, viewers: number] | undefined): CameraInfo {
  if (!beat) return camera;
  const [measured, viewers] = beat;
  return { ...camera, viewers, fps: { ...camera.fps, measured } };
}
