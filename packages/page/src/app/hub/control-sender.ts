import type { CameraControl, ControlValues } from '@framehub/client';

type Values = Record<string, ControlValues[string]>;

/**
 * Sends values of controls, one request at a time. A dragged slider sets many values; only the newest of each control is
 * sent.
 */
export class ControlSender {
  readonly #send: (values: ControlValues) => Promise<readonly CameraControl[]>;
  readonly #onResult: (result: readonly CameraControl[] | Error) => void;
  #waiting: Values = {};
  #sent: Values = {};
  #busy = false;

  /** @param onResult called with all controls as read back, or the error */
  constructor(
    send: (values: ControlValues) => Promise<readonly CameraControl[]>,
    onResult: (result: readonly CameraControl[] | Error) => void,
  ) {
    this.#send = send;
    this.#onResult = onResult;
  }

  /** Values that were set, and whose result is not known yet. */
  get pending(): ControlValues {
    return { ...this.#sent, ...this.#waiting };
  }

  set(values: ControlValues): void {
    this.#waiting = { ...this.#waiting, ...values };
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (Object.keys(this.#waiting).length > 0) {
      this.#sent = this.#waiting;
      this.#waiting = {};
      const result = await this.#send(this.#sent).catch((error: Error) => error);
      this.#sent = {};
      this.#onResult(result);
    }
    this.#busy = false;
  }
}
