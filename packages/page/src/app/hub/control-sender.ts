import type { CameraControl, ControlValues } from '@framehub/client';

type Values = Record<string, ControlValues[string]>;

/**
 * Sends values of controls, one request at a time: a slider that is dragged wishes many, of which the newest of each
 * control counts.
 */
export class ControlSender {
  readonly #send: (values: ControlValues) => Promise<readonly CameraControl[]>;
  readonly #answered: (answer: readonly CameraControl[] | Error) => void;
  #waiting: Values = {};
  #sent: Values = {};
  #busy = false;

  /** @param answered told of each answer: all controls as read back, or why not */
  constructor(
    send: (values: ControlValues) => Promise<readonly CameraControl[]>,
    answered: (answer: readonly CameraControl[] | Error) => void,
  ) {
    this.#send = send;
    this.#answered = answered;
  }

  /** What has been wished and not been answered. */
  get wished(): ControlValues {
    return { ...this.#sent, ...this.#waiting };
  }

  set(values: ControlValues): void {
    this.#waiting = { ...this.#waiting, ...values };
    if (!this.#busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (Object.keys(this.#waiting).length > 0) {
      this.#sent = this.#waiting;
      this.#waiting = {};
      const answer = await this.#send(this.#sent).catch((error: Error) => error);
      this.#sent = {};
      this.#answered(answer);
    }
    this.#busy = false;
  }
}
