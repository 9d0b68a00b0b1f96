import type { CameraInfo } from '@framehub/client';
import type { FramehubView } from '@framehub/client/element';
import { useCallback, useRef } from 'preact/hooks';
import { useReading } from '../use-reading.js';
import { routeTo } from '../use-route.js';
import { ageText, conditionOf, viewersText } from '../words.js';

/** @param maxFps pictures a second at most; undefined for all */
export function Tile({ camera, maxFps }: { camera: CameraInfo; maxFps: number | undefined }) {
  const view = useRef<FramehubView>(null);
  const age = useReading(
    useCallback(() => view.current?.age, []),
    1000,
  );
  const { label, tone, problem } = conditionOf(camera);
  const well = tone === 'good';
  return (
    <li>
      <a class="tile" href={routeTo(camera.name)} data-camera={camera.name} data-tone={tone}>
        <div class="picture brackets" aria-hidden="true">
          <framehub-view ref={view} camera={camera.name} max-fps={maxFps} />
        </div>
        <div class="caption">
          <span class="name">{camera.name}</span>
          <span class="state" data-tone={tone}>
            {label}
          </span>
          {well && (
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
