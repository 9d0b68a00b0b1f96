import { ControlChange, DQEVENT, EventType, SUBSCRIBE_EVENT, UNSUBSCRIBE_EVENT, v4l2_event } from './abi/event.js';
import { type ControlQuery, queryControls } from './control-query.js';
import type { ControlEvent } from './control-types.js';
import { readValue } from './control-value.js';
import type { DeviceFile } from './device-file.js';

const ENOENT = 2;
const ENODEV = 19;

/** The driver's news of controls that others change. The driver keeps one event a control, and adds later ones to it. */
export class ControlWatch {
  readonly #file: DeviceFile;
  readonly #watched: ReadonlyMap<number, ControlQuery>;
  readonly #event;
  readonly #dequeue: () => number;

  private constructor(file: DeviceFile, watched: ReadonlyMap<number, ControlQuery>) {
    this.#file = file;
    this.#watched = watched;
    this.#event = file.allocate(v4l2_event);
    this.#dequeue = file.prepare(DQEVENT, this.#event);
  }

  /** Subscribes to each control; undefined where the driver has no events for any. Throws V4l2Error `ENODEV`. */
  static start(file: DeviceFile): ControlWatch | undefined {
    const watched = queryControls(file).filter((query) => subscribe(file, query));
    return watched.length > 0 ? new ControlWatch(file, new Map(watched.map((query) => [query.id, query]))) : undefined;
  }

  /**
   * What has changed since the last call, without waiting, as the file is opened not blocking. One system call when
   * nothing has. Throws V4l2Error `ENODEV`.
   */
  drain(): ControlEvent[] {
    const events: ControlEvent[] = [];
    // One event a control is all that there can be, unless another program sets them faster than they are read.
    for (let left = this.#watched.size; left > 0; left--) {
      const errno = this.#dequeue();
      if (errno === ENOENT) break;
      if (errno) throw this.#file.error(errno, DQEVENT.name);
      const control = this.#watched.get(this.#event.fields.id);
      if (control) events.push(this.#describe(control));
    }
    return events;
  }

  /** Drops what was not drained. Never throws: what can fail has stopped already. */
  stop(): void {
    const subscription = this.#file.allocate(UNSUBSCRIBE_EVENT.type);
    subscription.fields.type = EventType.ALL;
    this.#file.attempt(UNSUBSCRIBE_EVENT, subscription);
  }

  #describe(control: ControlQuery): ControlEvent {
    const { changes } = this.#event.fields.u.ctrl;
    return {
      id: control.id,
      name: control.name,
      valueChanged: (changes & ControlChange.VALUE) !== 0,
      flagsChanged: (changes & ControlChange.FLAGS) !== 0,
      rangeChanged: (changes & ControlChange.RANGE) !== 0,
      // Read, as events have no room for texts, and tell what is cached of what the camera changes by itself.
      value: readValue(this.#file, control),
    };
  }
}

/** Whether the driver tells of this control. Drivers may know events of other kinds, or of some controls only. */
function subscribe(file: DeviceFile, { id }: ControlQuery): boolean {
  const subscription = file.allocate(SUBSCRIBE_EVENT.type);
  subscription.fields.type = EventType.CTRL;
  subscription.fields.id = id;
  const errno = file.attempt(SUBSCRIBE_EVENT, subscription);
  if (errno === ENODEV) throw file.error(errno, SUBSCRIBE_EVENT.name);
  return errno === 0;
}
