import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from './icons.js';

export interface RowProps {
  readonly label: string;
  /** Id of the field that the label belongs to; without one it labels a group. */
  readonly field?: string | undefined;
  /** Why it cannot be changed, or other help. */
  readonly hint?: string | undefined;
  readonly busy?: boolean | undefined;
  /** Another program or client has just changed it. */
  readonly changed?: boolean | undefined;
  /** Restores the default; undefined where it has it. */
  readonly reset?: (() => void) | undefined;
  /** Beside the label. */
  readonly value?: ComponentChildren;
  /** Below it, over the whole width. */
  readonly children?: ComponentChildren;
}

/** One setting: label, value, and a button that restores its default. */
export function Row({ label, field, hint, busy, changed, reset, value, children }: RowProps) {
  return (
    <div class="row" data-busy={busy} data-changed={changed}>
      {field === undefined ? <span class="label">{label}</span> : <label for={field}>{label}</label>}
      <div class="value">{value}</div>
      <button
        type="button"
        class="tool reset"
        disabled={!reset}
        aria-label={`Reset ${label}`}
        title="Back to the default"
        onClick={reset}
      >
        <Icon name="reset" />
      </button>
      {children && <div class="wide">{children}</div>}
      {hint && <p class="hint">{hint}</p>}
    </div>
  );
}

export interface Option<T> {
  readonly value: T;
  readonly label: string;
}

export interface ChoiceProps<T> {
  readonly id?: string;
  readonly label: string;
  readonly options: readonly Option<T>[];
  readonly value: T;
  readonly disabled?: boolean;
  choose(value: T): void;
}

/** One of many options, from a menu. */
export function Menu<T>({ id, label, options, value, disabled = false, choose }: ChoiceProps<T>) {
  const chosen = options.findIndex((option) => option.value === value);
  return (
    <select
      id={id}
      aria-label={label}
      disabled={disabled}
      value={String(chosen)}
      onChange={({ currentTarget }) => {
        const option = options[Number(currentTarget.value)];
        if (option) choose(option.value);
      }}
    >
      {options.map((option, index) => (
        <option key={option.label} value={String(index)} selected={index === chosen}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

/** One of few options, side by side. */
export function Segments<T>({ label, options, value, choose }: ChoiceProps<T>) {
  return (
    <div class="segments" role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.label}>
          <input type="radio" name={label} checked={option.value === value} onChange={() => choose(option.value)} />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  );
}

export interface SwitchProps {
  readonly id: string;
  readonly on: boolean;
  readonly disabled?: boolean;
  turn(on: boolean): void;
}

export function Switch({ id, on, disabled = false, turn }: SwitchProps) {
  return (
    <input
      id={id}
      type="checkbox"
      role="switch"
      class="switch"
      checked={on}
      aria-checked={on}
      disabled={disabled}
      onChange={({ currentTarget }) => turn(currentTarget.checked)}
    />
  );
}

export interface SliderProps {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Marked on the track. */
  readonly mark?: number | undefined;
  readonly disabled?: boolean;
  /** Whether to call `set` while it is dragged, or when it is released. */
  readonly live: boolean;
  set(value: number): void;
}

/** A slider, and a field for its number. */
export function useSlider({ id, label, value, min, max, step, mark, disabled = false, live, set }: SliderProps) {
  const [dragged, setDragged] = useState<number>();
  const shown = dragged ?? value;
  const position = (number: number): string => String(max > min ? (number - min) / (max - min) : 0);
  const common = { min, max, step, value: shown, disabled };
  return {
    number: (
      <input
        {...common}
        id={id}
        type="number"
        class="number"
        onChange={({ currentTarget: field }) => {
          if (field.value !== '' && field.validity.valid) set(field.valueAsNumber);
          else field.value = String(shown);
        }}
      />
    ),
    slider: (
      <div class="slider" style={{ '--place': position(shown), '--mark': mark === undefined ? '' : position(mark) }}>
        <input
          {...common}
          type="range"
          aria-label={label}
          onInput={({ currentTarget }) => {
            setDragged(currentTarget.valueAsNumber);
            if (live) set(currentTarget.valueAsNumber);
          }}
          onChange={({ currentTarget }) => {
            setDragged(undefined);
            set(currentTarget.valueAsNumber);
          }}
        />
        {mark !== undefined && <span class="mark" />}
      </div>
    ),
  };
}
