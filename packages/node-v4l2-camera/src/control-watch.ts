import { ControlChange, DQEVENT, EventType, SUBSCRIBE_EVENT, UNSUBSCRIBE_EVENT, v4l2_event } from './abi/videodev2.js';
import { type ControlQuery, queryControls } from './control-query.js';
import { type ControlValue, readValue } from './control-value.js';
import type { DeviceFile } from './device-file.js';
import { Errno } from './error.js';

/** A control was changed by another program, by the camera, or by a change of a control that it depends on. */
export interface ControlEvent {
  /** V4L2_CID_… */
  readonly id: number;
  /** Same as `Control.name`. */
  readonly name: string;
  /** The value may have changed: drivers also set this when only a control that it depends on has changed. */
  readonly valueChanged: boolean;
  /** `Control.flags` changed: the control has become inactive, for example. */
  readonly flagsChanged: boolean;
  /** Minimum, maximum, step or default changed. */
  readonly rangeChanged: boolean;
  /** The current value; undefined as in `Control.value`. */
  readonly value: ControlValue | undefined;
}

/** A subscription to the driver's control events. The driver keeps one event a control, and merges later ones into it. */
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

  /** Subscribes to each control; undefined if the driver has no events for any of them. Throws V4l2Error `ENODEV`. */
  static start(file: DeviceFile): ControlWatch | undefined {
    const watched = queryControls(file).filter((query) => subscribe(file, query));
    return watched.length > 0 ? new ControlWatch(file, new Map(watched.map((query) => [query.id, query]))) : undefined;
  }

  /**
   * Returns what changed since the last call. Does not wait, as the file is in non-blocking mode. One system call if
   * nothing changed. Throws V4l2Error `ENODEV`.
   */
  readEvents(): ControlEvent[] {
    const events: ControlEvent[] = [];
    // There is at most one event a control; the limit matters if another program sets them faster than they are read.
    for (let left = this.#watched.size; left > 0; left--) {
      const errno = this.#dequeue();
      if (errno === Errno.ENOENT) break;
      if (errno) throw this.#file.error(errno, DQEVENT.name);
      const control = this.#watched.get(this.#event.fields.id);
      if (control) events.push(this.#describe(control));
    }
    return events;
  }

  /** Drops unread events. Never throws: if it fails, the camera is gone and so are its events. */
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
      // Read from the device: events have no room for strings, and hold outdated values of volatile controls.
      value: readValue(this.#file, control),
    };
  }
}

/** Returns whether the driver has events for this control. It may have them for some controls only, or for none. */
function subscribe(file: DeviceFile, { id }: ControlQuery): boolean {
  const subscription = file.allocate(SUBSCRIBE_EVENT.type);
  subscription.fields.type = EventType.CTRL;
  subscription.fields.id = id;
  const errno = file.attempt(SUBSCRIBE_EVENT, subscription);
  if (errno === Errno.ENODEV) throw file.error(errno, SUBSCRIBE_EVENT.name);
  return errno === 0;
}
