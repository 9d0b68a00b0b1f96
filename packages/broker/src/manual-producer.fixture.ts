import { type Producer, type Sequenced, type Subscription, subscription } from '@framehub/frame';

/** A producer whose frames the test emits. */
export class ManualProducer implements Producer<Sequenced> {
  started = 0;
  stopped = 0;
  #sink: ((frame: Sequenced) => void) | undefined;

  start(sink: (frame: Sequenced) => void): Subscription {
    this.started += 1;
    this.#sink = sink;
    return subscription(() => {
      this.stopped += 1;
    });
  }

  /** Delivers a frame as if captured at 30 fps; also after a stop, as a thread may. */
  emit(sequence: number): void {
    this.#sink?.({ sequence, capturedAt: 1_000_000 + (sequence * 1000) / 30 });
  }
}
