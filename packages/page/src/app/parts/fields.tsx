import type { ComponentChildren } from 'preact';
import { Icon } from './icons.js';

export interface RowProps {
  readonly label: string;
  /** Of the field that the label belongs to; without one it names a group. */
  readonly field?: string | undefined;
  /** Why it cannot be changed, or what there is to know. */
  readonly hint?: string | undefined;
  readonly busy?: boolean | undefined;
  /** Somebody else has just changed it. */
  readonly changed?: boolean | undefined;
  /** Takes it back to its default; undefined where it is there. */
  readonly reset?: (() => void) | undefined;
  /** Beside the label. */
  readonly value?: ComponentChildren;
  /** Below it, over the whole width. */
  readonly children?: ComponentChildren;
}

/** One setting: its name, its value, and the way back to its default. */
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
