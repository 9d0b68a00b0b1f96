import { useEffect, useRef } from 'preact/hooks';
import type { HubState } from '../hub/hub.js';
import { Header } from '../parts/header.js';
import { Keys } from '../parts/keys.js';
import { useFullScreen } from '../parts/use-full-screen.js';
import { useShortcuts } from '../use-shortcuts.js';
import { conditionOf } from '../words.js';
import { aspectOf, CAPTION, PROBLEM } from './columns.js';
import { Tile } from './tile.js';
import { useWallLayout } from './use-wall-layout.js';

/** @param from the camera whose page was left for this one */
export function Wall({ state, from }: { state: HubState; from: string | undefined }) {
  const { cameras } = state;
  const page = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const aspect = aspectOf(cameras.map(({ format }) => format));
  const full = useFullScreen(page);
  const caption = cameras.some((camera) => conditionOf(camera).problem) ? CAPTION + PROBLEM : CAPTION;
  useWallLayout(page, list, cameras.length, aspect, caption);
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
              <Tile key={camera.name} camera={camera} maxFps={maxFpsFor(cameras.length)} />
            ))}
          </ul>
        )}
      </main>
      <Keys keys={[['F', 'full screen']]} />
    </div>
  );
}

function Empty({ state }: { state: HubState }) {
  if (state.link === 'connecting') return <p class="empty">Looking for cameras …</p>;
  if (state.link === 'lost') return null;
  return (
    <div class="empty">
      <h2>There is no camera</h2>
      <p>Name one in the configuration, or start framehub without any: then it shows the one that is plugged in.</p>
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
 * Many pictures are thinned, which costs the hub nothing. They are not made smaller: that would cost it an encode for
 * each picture of cameras whose JPEGs pass as they are.
 */
function maxFpsFor(count: number): number | undefined {
  if (count <= 4) return undefined;
  return count <= 9 ? 15 : 8;
}
