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

/** One of many, from a menu. */
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

/** One of few, side by side. */
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
