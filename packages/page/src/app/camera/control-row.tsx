import type { CameraControl, ControlValues } from '@framehub/client';
import { Menu, Row, type RowProps, Switch, useSlider } from '../parts/fields.js';

type Value = ControlValues[string];

export interface ControlRowProps {
  readonly control: CameraControl;
  /** A value whose result is not known yet. */
  readonly pending: Value | undefined;
  /** Another program or client has just changed it. */
  readonly changed: boolean;
  set(value: Value): void;
}

/** One control of a camera, with a field for its type. */
export function ControlRow(props: ControlRowProps) {
  const { control, pending, changed, set } = props;
  const value = pending ?? control.value ?? '';
  const locked = isLocked(control);
  const row: RowProps = {
    label: control.label,
    field: fieldOf(control),
    hint: hintOf(control),
    busy: pending !== undefined && control.type === 'button',
    changed,
    reset: !locked && hasDefault(control) && value !== control.default ? () => set(control.default) : undefined,
  };
  if (control.type === 'integer' && typeof control.minimum === 'number')
    return <Amount {...props} row={row} value={Number(value)} locked={locked} />;
  return <Row {...row} value={<Field {...props} value={value} locked={locked} />} />;
}

interface FieldProps extends ControlRowProps {
  readonly value: Value;
  readonly locked: boolean;
}

function Field({ control, value, locked, set }: FieldProps) {
  const id = fieldOf(control);
  switch (control.type) {
    case 'boolean':
      return <Switch id={id} on={Boolean(value)} disabled={locked} turn={set} />;
    case 'menu': {
      const mark = (item: number): string => (item === control.default && item !== Number(value) ? ' (default)' : '');
      const options = control.menu?.map((item) => ({ value: item.value, label: item.label + mark(item.value) })) ?? [];
      return (
        <Menu id={id} label={control.label} options={options} value={Number(value)} disabled={locked} choose={set} />
      );
    }
    case 'button':
      return (
        <button id={id} type="button" disabled={locked} onClick={() => set(true)}>
          Press
        </button>
      );
    case 'other':
      return <output id={id}>{String(value) || '–'}</output>;
    default:
      return (
        <input
          id={id}
          type="text"
          class={control.type === 'string' ? 'text' : 'number'}
          inputMode={control.type === 'string' ? 'text' : 'numeric'}
          maxLength={control.type === 'string' ? Number(control.maximum) : undefined}
          value={String(value)}
          disabled={locked}
          onChange={({ currentTarget }) =>
            set(control.type === 'string' ? currentTarget.value : toNumber(currentTarget.value))
          }
        />
      );
  }
}

function Amount({ control, row, value, locked, set }: FieldProps & { row: RowProps; value: number }) {
  const { number, slider } = useSlider({
    id: fieldOf(control),
    label: control.label,
    value,
    min: Number(control.minimum),
    max: Number(control.maximum),
    step: Number(control.step) || 1,
    mark: Number(control.default),
    disabled: locked,
    live: true,
    set,
  });
  return (
    <Row {...row} value={number}>
      {slider}
    </Row>
  );
}

/** A number, or the digits of one that JSON cannot represent. */
function toNumber(digits: string): Value {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
}

function fieldOf({ name }: CameraControl): string {
  return `control-${name}`;
}

function hintOf({ readOnly, grabbed, inactive }: CameraControl): string | undefined {
  if (readOnly) return 'Read-only.';
  if (grabbed) return 'In use by another program.';
  return inactive ? 'Has no effect while it is automatic.' : undefined;
}

/** Texts have no default, buttons no value. */
export function hasDefault({ type, value }: CameraControl): boolean {
  return type !== 'string' && type !== 'button' && type !== 'other' && value !== null;
}

/** Whether it cannot be set, now or ever. */
export function isLocked({ inactive, readOnly, grabbed }: CameraControl): boolean {
  return inactive || readOnly || grabbed;
}

/** Values that restore all defaults: of the controls that can be set and have another value. */
export function defaultsOf(controls: readonly CameraControl[]): ControlValues {
  const changed = controls.filter(
    (control) => hasDefault(control) && !isLocked(control) && control.value !== control.default,
  );
  return Object.fromEntries(changed.map((control) => [control.name, control.default]));
}
