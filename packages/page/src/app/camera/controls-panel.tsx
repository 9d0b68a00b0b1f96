import { useControls } from '../hub/use-controls.js';
import { defaultsOf } from './control-kinds.js';
import { ControlRow } from './control-row.js';

/** The controls that the camera has itself, by its own ranges. */
export function ControlsPanel({ name, live, mayChange }: { name: string; live: boolean; mayChange: boolean }) {
  const { controls, wished, changedElsewhere, refusal, set } = useControls(name, live);
  const defaults = defaultsOf(controls ?? []);
  return (
    <section class="panel" aria-labelledby="controls">
      <h2 id="controls">Controls</h2>
      <p class="refusal" role="alert">
        {refusal}
      </p>
      {!controls && !live && <p class="hint">Known as soon as there are pictures.</p>}
      {controls?.length === 0 && <p class="hint">This camera has none.</p>}
      {controls && controls.length > 0 && (
        <fieldset disabled={!mayChange}>
          <legend class="spoken">Controls</legend>
          {controls.map((control) => (
            <ControlRow
              key={control.name}
              control={control}
              wished={wished[control.name]}
              changed={changedElsewhere.includes(control.name)}
              set={(value) => set({ [control.name]: value })}
            />
          ))}
          <button type="button" class="all" disabled={Object.keys(defaults).length === 0} onClick={() => set(defaults)}>
            Reset all to their defaults
          </button>
        </fieldset>
      )}
    </section>
  );
}
