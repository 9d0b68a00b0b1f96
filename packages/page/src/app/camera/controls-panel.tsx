import { useControls } from '../hub/use-camera.js';
import { ControlRow, defaultsOf } from './control-row.js';

/** The camera's own controls. */
export function ControlsPanel({ name, live, canControl }: { name: string; live: boolean; canControl: boolean }) {
  const { controls, pending, changedByOthers, error, set } = useControls(name, live);
  const defaults = defaultsOf(controls ?? []);
  return (
    <section class="panel" aria-labelledby="controls">
      <h2 id="controls">Controls</h2>
      <p class="refusal" role="alert">
        {error}
      </p>
      {!controls && !live && <p class="hint">Available when the camera is live.</p>}
      {controls?.length === 0 && <p class="hint">This camera has none.</p>}
      {controls && controls.length > 0 && (
        <fieldset disabled={!canControl}>
          <legend class="spoken">Controls</legend>
          {controls.map((control) => (
            <ControlRow
              key={control.name}
              control={control}
              pending={pending[control.name]}
              changed={changedByOthers.includes(control.name)}
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
