import { isDeepStrictEqual } from 'node:util';
import type { CameraControl, ControlValue, ControlValues } from '@framehub/frame';
import type { SourceOptions } from './options.js';
import { findControl } from './sources/control-names.js';

/** Values of controls that hold for the next start, too. Never changed: another set of values is another object. */
export class KeptControls {
  readonly #configured: ControlValues;
  readonly #base: ControlValues;
  readonly #set: ControlValues;

  private constructor(configured: ControlValues, base: ControlValues, set: ControlValues) {
    this.#configured = configured;
    this.#base = base;
    this.#set = set;
  }

  /** Those of the options, to begin with. */
  static of(source: SourceOptions): KeptControls {
    const configured = configuredIn(source);
    return new KeptControls(configured, configured, {});
  }

  /** What the camera is set to at its next start. */
  get values(): ControlValues {
    return { ...this.#base, ...this.#set };
  }

  /** With values that were set while it ran. */
  with(values: ControlValues): KeptControls {
    return new KeptControls(this.#configured, this.#base, { ...this.#set, ...values });
  }

  /** With these in place of everything, the configured ones included. */
  replacedBy(values: ControlValues): KeptControls {
    return new KeptControls(this.#configured, values, {});
  }

  /** Under other options: what was set or replaced stays, but for what these configure anew. */
  under(source: SourceOptions): KeptControls {
    const configured = configuredIn(source);
    const isNews = !isDeepStrictEqual(configured, this.#configured) && !isDeepStrictEqual(configured, this.#base);
    if (!isNews) return new KeptControls(configured, this.#base, this.#set);
    const set = Object.entries(this.#set).filter(([name]) => !Object.hasOwn(configured, name));
    return new KeptControls(configured, configured, Object.fromEntries(set));
  }
}

function configuredIn(source: SourceOptions): ControlValues {
  return ('controls' in source && source.controls) || {};
}

/** What is worth keeping of wishes that were granted, under the camera's own names. A button is pressed once. */
export function lasting(wishes: ControlValues, controls: readonly CameraControl[]): ControlValues {
  const entries = Object.entries(wishes).flatMap(([wish, value]) => {
    const { name = wish, type = 'other' } = findControl(controls, wish) ?? {};
    return type === 'button' ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** Present values of these controls, of those that have one. */
export function valuesOf(controls: readonly CameraControl[], names: readonly string[]): Record<string, ControlValue> {
  const entries = controls.flatMap(({ name, value }) =>
    value !== undefined && names.includes(name) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(entries);
}

/** Names whose values differ, leaving out what the camera changes by itself. */
export function differing(before: readonly CameraControl[], after: readonly CameraControl[]): string[] {
  const values = new Map(before.map(({ name, value }) => [name, value]));
  return after.filter(({ name, value, volatile }) => !volatile && values.get(name) !== value).map(({ name }) => name);
}
