import { useState } from 'preact/hooks';

export interface SliderProps {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Marked on the way; undefined where there is none. */
  readonly mark?: number | undefined;
  readonly disabled?: boolean;
  /** Whether to tell while it is dragged, or when it is let go. */
  readonly live: boolean;
  set(value: number): void;
}

/** A slider with a field for the number, for those who know it. */
export function useSlider({ id, label, value, min, max, step, mark, disabled = false, live, set }: SliderProps) {
  const [dragged, setDragged] = useState<number>();
  const shown = dragged ?? value;
  const place = (number: number): string => String(max > min ? (number - min) / (max - min) : 0);
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
      <div class="slider" style={{ '--place': place(shown), '--mark': mark === undefined ? '' : place(mark) }}>
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
