import { KeptControls } from './kept-controls.js';
import type { RawControlValues, SeenDevice, ThreadData } from './messages.js';
import type { CameraOptions, SourceOptions } from './options.js';

/** What a camera is started with. Another setup is another object, so that one can go back to the last. */
export interface Setup {
  readonly options: CameraOptions;
  readonly kept: KeptControls;
  readonly past: DevicePast;
}

/** What is remembered of a device from one start to the next. */
export interface DevicePast {
  /** By what it is known again, once it has been opened. */
  seen: SeenDevice | undefined;
  /** Control values from before they were changed here, until they are put back. */
  originals: RawControlValues;
}

export function firstSetup(options: CameraOptions): Setup {
  return { options, kept: KeptControls.of(options.source), past: { seen: undefined, originals: {} } };
}

/** With other options. Another device has neither a past nor controls that were set. */
export function setupWith(setup: Setup, options: CameraOptions): Setup {
  if (!isSameDevice(setup.options.source, options.source)) return firstSetup(options);
  return { ...setup, options, kept: setup.kept.under(options.source) };
}

export function threadData(setup: Setup, firstSequence: number): Omit<ThreadData, 'doorbell'> {
  const { options, kept, past } = setup;
  const { source } = options;
  // What is kept contains the configured controls, or has taken their place.
  const camera = 'controls' in source ? { ...options, source: { ...source, controls: {} } } : options;
  return { camera, firstSequence, controls: kept.values, originals: past.originals, seen: past.seen };
}

function isSameDevice(a: SourceOptions, b: SourceOptions): boolean {
  return a.type === b.type && (a.type !== 'v4l2' || b.type !== 'v4l2' || a.device === b.device);
}
