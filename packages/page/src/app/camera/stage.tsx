import type { CameraInfo } from '@framehub/client';
import type { FramehubView } from '@framehub/client/element';
import { useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from '../parts/icons.js';
import { useFullScreen } from '../parts/use-full-screen.js';
import { useShortcuts } from '../use-shortcuts.js';
import { Facts } from './facts.js';
import { useZoom } from './use-zoom.js';

const STEP = 1.4;
/** Of what is seen, with each press of an arrow. */
const PAN = 0.12;

export interface StageProps {
  readonly camera: CameraInfo;
  save(): void;
}

/** The picture, large, and what can be done to look at it. */
export function Stage({ camera, save }: StageProps) {
  const stage = useRef<HTMLDivElement>(null);
  const glass = useRef<HTMLDivElement>(null);
  const view = useRef<FramehubView>(null);
  const [fill, setFill] = useState(false);
  const full = useFullScreen(stage);
  const { zoom, by, pan, whole } = useZoom(glass);
  const zoomed = zoom.scale > 1;
  const move = (x: number, y: number) => (): boolean => {
    pan(x * PAN, y * PAN);
    return zoomed;
  };
  useShortcuts({
    f: full.toggle,
    Escape: () => full.on && full.toggle(),
    s: save,
    '+': () => by(STEP),
    '=': () => by(STEP),
    '-': () => by(1 / STEP),
    0: whole,
    ArrowLeft: move(-1, 0),
    ArrowRight: move(1, 0),
    ArrowUp: move(0, -1),
    ArrowDown: move(0, 1),
  });
  return (
    <div class="stage" ref={stage} data-full={full.on}>
      <div class="glass" ref={glass} data-zoomed={zoomed}>
        <framehub-view
          ref={view}
          camera={camera.name}
          style={{
            '--framehub-fit': fill ? 'cover' : 'contain',
            transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})`,
          }}
        />
      </div>
      <div class="bar">
        <Facts camera={camera} view={view} />
        <div class="tools">
          <Tool icon="minus" label="Zoom out" act={() => by(1 / STEP)} disabled={!zoomed} />
          <button type="button" class="tool number" title="Show the whole picture" onClick={whole}>
            {Math.round(zoom.scale * 100)} %
          </button>
          <Tool icon="plus" label="Zoom in" act={() => by(STEP)} />
          <Tool icon={fill ? 'fill' : 'fit'} label="Fill the frame" pressed={fill} act={() => setFill(!fill)} />
          <Tool icon={full.on ? 'exit' : 'full'} label="Full screen" pressed={full.on} act={full.toggle} />
        </div>
      </div>
    </div>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly label: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  act(): void;
}

function Tool({ icon, label, pressed, disabled = false, act }: ToolProps) {
  return (
    <button
      type="button"
      class="tool"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={act}
    >
      <Icon name={icon} />
    </button>
  );
}
