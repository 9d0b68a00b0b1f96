import { isDeepStrictEqual } from 'node:util';
import type { CameraControl, ControlValue, ControlValues } from '@framehub/frame';
import type { RawControlValues, SeenDevice, ThreadData } from './messages.js';
import type { CaptureOptions, SourceOptions } from './options.js';
import { findControl } from './sources/control-values.js';

/** What a camera is started with. Immutable but for `past`: a change makes a new object, so that it can be undone. */
export interface Setup {
  readonly options: CaptureOptions;
  readonly kept: KeptControls;
  readonly past: DevicePast;
}

/** What is remembered of a device from one start to the next. */
export interface DevicePast {
  /** What identifies it, once it has been opened. */
  seen: SeenDevice | undefined;
  /** Control values from before framehub changed them, until they are restored. */
  originals: RawControlValues;
}

export function firstSetup(options: CaptureOptions): Setup {
  return { options, kept: KeptControls.of(options.source), past: { seen: undefined, originals: {} } };
}

/** The setup with other options. Another device has neither a past nor controls that were set. */
export function setupWith(setup: Setup, options: CaptureOptions): Setup {
  if (!isSameDevice(setup.options.source, options.source)) return firstSetup(options);
  return { ...setup, options, kept: setup.kept.under(options.source) };
}

export function threadData({ options, kept, past }: Setup, firstSequence: number): Omit<ThreadData, 'doorbell'> {
  const { source } = options;
  // The kept controls contain the configured ones, or have replaced them.
  const camera = 'controls' in source ? { ...options, source: { ...source, controls: {} } } : options;
  return { camera, firstSequence, controls: kept.values, originals: past.originals, seen: past.seen };
}

/** Whether a change needs another thread. `idle` does not: it is decided on the main thread. */
export function needsRestart(before: CaptureOptions, after: CaptureOptions): boolean {
  return !isDeepStrictEqual({ ...before, idle: undefined }, { ...after, idle: undefined });
}

function isSameDevice(a: SourceOptions, b: SourceOptions): boolean {
  return a.type === b.type && (a.type !== 'v4l2' || b.type !== 'v4l2' || a.device === b.device);
}

/** Control values that are set at each start. Immutable. */
export class KeptControls {
  readonly #configured: ControlValues;
  readonly #base: ControlValues;
  readonly #set: ControlValues;

  private constructor(configured: ControlValues, base: ControlValues, set: ControlValues) {
    this.#configured = configured;
    this.#base = base;
    this.#set = set;
  }

  /** Those of the options. */
  static of(source: SourceOptions): KeptControls {
    const configured = configuredIn(source);
    return new KeptControls(configured, configured, {});
  }

  /** What the camera is set to at its next start. */
  get values(): ControlValues {
    return { ...this.#base, ...this.#set };
  }

  /** With values that were set while the camera ran. */
  with(values: ControlValues): KeptControls {
    return new KeptControls(this.#configured, this.#base, { ...this.#set, ...values });
  }

  /** With these in place of all, the configured ones included. */
  replacedBy(values: ControlValues): KeptControls {
    return new KeptControls(this.#configured, values, {});
  }

  /** Under other options: values that were set or replaced stay, except those that the options configure anew. */
  under(source: SourceOptions): KeptControls {
    const configured = configuredIn(source);
    const isNew = !isDeepStrictEqual(configured, this.#configured) && !isDeepStrictEqual(configured, this.#base);
    if (!isNew) return new KeptControls(configured, this.#base, this.#set);
    const set = Object.entries(this.#set).filter(([name]) => !Object.hasOwn(configured, name));
    return new KeptControls(configured, configured, Object.fromEntries(set));
  }
}

function configuredIn(source: SourceOptions): ControlValues {
  return ('controls' in source && source.controls) || {};
}

/** The requested values that are worth keeping, under the camera's own names. A button is pressed once. */
export function lasting(requested: ControlValues, controls: readonly CameraControl[]): ControlValues {
  const entries = Object.entries(requested).flatMap(([key, value]) => {
    const { name = key, type = 'other' } = findControl(controls, key) ?? {};
    return type === 'button' ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** Present values of the named controls, without those that have none. */
export function valuesOf(controls: readonly CameraControl[], names: readonly string[]): Record<string, ControlValue> {
  const entries = controls.flatMap(({ name, value }) =>
    value !== undefined && names.includes(name) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(entries);
}

/** Names of controls whose values differ, without those that the camera changes by itself. */
export function differing(before: readonly CameraControl[], after: readonly CameraControl[]): string[] {
  const values = new Map(before.map(({ name, value }) => [name, value]));
  return after.filter(({ name, value, volatile }) => !volatile && values.get(name) !== value).map(({ name }) => name);
}
