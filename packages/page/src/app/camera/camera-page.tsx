import { useEffect, useRef } from 'preact/hooks';
import { useShortcuts } from '../hooks.js';
import type { HubState } from '../hub/hub.js';
import { useCameraSettings } from '../hub/use-camera.js';
import { Icon } from '../parts/icons.js';
import { Header, Keys } from '../parts/layout.js';
import { routeTo, WALL } from '../route.js';
import { conditionOf } from '../texts.js';
import { AddressesPanel } from './addresses-panel.js';
import { ControlsPanel } from './controls-panel.js';
import { SettingsPanel } from './settings-panel.js';
import { SnapshotPanel, useSnapshot } from './snapshot-panel.js';
import { Stage } from './stage.js';

const KEYS = [
  ['F', 'full screen'],
  ['S', 'save image'],
  ['+', 'zoom in'],
  ['−', 'zoom out'],
  ['0', 'whole image'],
  ['Esc', 'all cameras'],
] as const;

export function CameraPage({ name, state }: { name: string; state: HubState }) {
  const camera = state.cameras.find((candidate) => candidate.name === name);
  const settings = useCameraSettings(name);
  const snapshot = useSnapshot(name);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useShortcuts({
    Escape() {
      location.hash = WALL;
    },
  });
  return (
    <div class="page">
      <Header state={state}>
        <a class="tool" href={WALL} aria-label="All cameras" title="All cameras">
          <Icon name="back" />
        </a>
        <h1 ref={heading} tabIndex={-1}>
          {name}
        </h1>
        <Neighbours name={name} state={state} />
      </Header>
      {camera ? (
        <main class="camera">
          <div class="looking">
            <Problem text={conditionOf(camera).problem} off={camera.state === 'off'} on={settings.change} />
            <Stage camera={camera} save={() => snapshot.save('')} />
            <Keys keys={KEYS} />
          </div>
          <div class="panels">
            <SnapshotPanel snapshot={snapshot} />
            <SettingsPanel settings={settings} canControl={state.canControl} />
            <ControlsPanel name={name} live={camera.state === 'live'} canControl={state.canControl} />
            <AddressesPanel name={name} />
            <p class="source">{camera.source}</p>
          </div>
        </main>
      ) : (
        <main>
          <Missing name={name} state={state} />
        </main>
      )}
    </div>
  );
}

/** Links to the previous and the next camera. */
function Neighbours({ name, state: { cameras } }: { name: string; state: HubState }) {
  const place = cameras.findIndex((camera) => camera.name === name);
  if (place < 0 || cameras.length < 2) return null;
  const at = (step: number) => cameras[(place + step + cameras.length) % cameras.length]?.name ?? name;
  return (
    <nav class="neighbours" aria-label="Cameras">
      <a class="tool" href={routeTo(at(-1))} aria-label={`Previous camera: ${at(-1)}`} title={at(-1)}>
        <Icon name="back" />
      </a>
      <span class="number">
        {place + 1} / {cameras.length}
      </span>
      <a class="tool" href={routeTo(at(1))} aria-label={`Next camera: ${at(1)}`} title={at(1)}>
        <Icon name="next" />
      </a>
    </nav>
  );
}

interface ProblemProps {
  readonly text: string | undefined;
  readonly off: boolean;
  on(change: { enabled: true }): void;
}

function Problem({ text, off, on }: ProblemProps) {
  return (
    <div class="problems" role="status">
      {text && (
        <p class="problem">
          <span>{text}</span>
        </p>
      )}
      {off && (
        <p class="problem">
          <span>This camera is switched off.</span>
          <button type="button" onClick={() => on({ enabled: true })}>
            Switch on
          </button>
        </p>
      )}
    </div>
  );
}

function Missing({ name, state }: { name: string; state: HubState }) {
  if (state.link === 'connecting') return <p class="empty">Connecting …</p>;
  return (
    <div class="empty">
      <h2>There is no camera {name}</h2>
      <p>
        <a href={WALL}>All cameras</a>
      </p>
    </div>
  );
}
