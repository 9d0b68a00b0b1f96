import type { CameraInfo } from '@framehub/client';
import type { FramehubView } from '@framehub/client/element';
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { useFullScreen, usePolled, useShortcuts } from '../hooks.js';
import type { HubState } from '../hub/hub.js';
import { Header, Keys } from '../parts/layout.js';
import { routeTo } from '../route.js';
import { ageText, conditionOf, viewersText } from '../texts.js';
import { aspectOf, CAPTION, PROBLEM, useWallLayout } from './wall-layout.js';

/** All cameras. @param from the camera whose page was shown before, which gets the focus */
export function Wall({ state, from }: { state: HubState; from: string | undefined }) {
  const { cameras } = state;
  const page = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const aspect = aspectOf(cameras.map(({ format }) => format));
  const full = useFullScreen(page);
  const caption = cameras.some((camera) => conditionOf(camera).problem) ? CAPTION + PROBLEM : CAPTION;
  useWallLayout(page, list, cameras.length, { aspect, caption });
  useShortcuts({ f: full.toggle });
  useEffect(() => {
    if (from !== undefined) list.current?.querySelector<HTMLElement>(`[data-camera="${CSS.escape(from)}"]`)?.focus();
  }, [from]);
  return (
    <div class="page wall" ref={page}>
      <Header state={state}>
        <h1>{title(state)}</h1>
        {document.fullscreenEnabled && (
          <button type="button" onClick={full.toggle}>
            Full screen
          </button>
        )}
      </Header>
      <main>
        {cameras.length === 0 ? (
          <Empty state={state} />
        ) : (
          <ul class="tiles" ref={list} style={{ '--aspect': String(aspect) }}>
            {cameras.map((camera) => (
              <Tile key={camera.name} camera={camera} fps={fpsFor(cameras.length)} />
            ))}
          </ul>
        )}
      </main>
      <Keys keys={[['F', 'full screen']]} />
    </div>
  );
}

function Empty({ state }: { state: HubState }) {
  if (state.link === 'connecting') return <p class="empty">Connecting …</p>;
  if (state.link === 'lost') return null;
  return (
    <div class="empty">
      <h2>There is no camera</h2>
      <p>Add one to the configuration, or start framehub without one: then it shows the camera that is plugged in.</p>
    </div>
  );
}

function title({ cameras }: HubState): string {
  if (cameras.length === 0) return 'Cameras';
  const all = cameras.length === 1 ? '1 camera' : `${cameras.length} cameras`;
  const troubled = cameras.filter((camera) => conditionOf(camera).problem).length;
  return troubled === 0 ? all : `${all}, ${troubled} in trouble`;
}

/**
 * Frame rate of each camera: lower for many, which costs the hub nothing. The width is not reduced: the hub would have to
 * encode each frame of cameras whose JPEGs it passes on unchanged.
 */
function fpsFor(count: number): number | undefined {
  if (count <= 4) return undefined;
  return count <= 9 ? 15 : 8;
}

function Tile({ camera, fps }: { camera: CameraInfo; fps: number | undefined }) {
  const view = useRef<FramehubView>(null);
  const age = usePolled(
    useCallback(() => view.current?.age, []),
    1000,
  );
  const { label, tone, problem } = conditionOf(camera);
  const isGood = tone === 'good';
  return (
    <li>
      <a class="tile" href={routeTo(camera.name)} data-camera={camera.name} data-tone={tone}>
        <div class="image brackets" aria-hidden="true">
          <framehub-view ref={view} camera={camera.name} fps={fps} />
        </div>
        <div class="caption">
          <span class="name">{camera.name}</span>
          <span class="state" data-tone={tone}>
            {label}
          </span>
          {isGood && (
            <span class="figures">
              <span class="figure">{camera.fps.measured.toFixed(1)} fps</span>
              <span class="figure">{ageText(age)}</span>
              <span class="figure">{viewersText(camera.viewers)}</span>
            </span>
          )}
          {problem && (
            <span class="problem" title={problem}>
              {problem}
            </span>
          )}
        </div>
      </a>
    </li>
  );
}
