import type { CameraInfo } from '@framehub/client';
import type { FramehubView } from '@framehub/client/element';
import type { ComponentChildren } from 'preact';
import { useCallback, useRef, useState } from 'preact/hooks';
import { useFullScreen, usePolled, useShortcuts } from '../hooks.js';
import { Icon, type IconName } from '../parts/icons.js';
import { ageText, conditionOf, sizeText, viewersText } from '../texts.js';
import { useZoom } from './zoom.js';

const ZOOM_STEP = 1.4;
/** Part of the visible area that an arrow key moves by. */
const PAN_STEP = 0.12;

export interface StageProps {
  readonly camera: CameraInfo;
  save(): void;
}

/** The live frames in full width, with zoom and full screen. */
export function Stage({ camera, save }: StageProps) {
  const stage = useRef<HTMLDivElement>(null);
  const glass = useRef<HTMLDivElement>(null);
  const view = useRef<FramehubView>(null);
  const [fill, setFill] = useState(false);
  const full = useFullScreen(stage);
  const { zoom, by, pan, whole } = useZoom(glass);
  const zoomed = zoom.scale > 1;
  const move = (x: number, y: number) => (): boolean => {
    pan(x * PAN_STEP, y * PAN_STEP);
    return zoomed;
  };
  useShortcuts({
    f: full.toggle,
    Escape: () => full.on && full.toggle(),
    s: save,
    '+': () => by(ZOOM_STEP),
    '=': () => by(ZOOM_STEP),
    '-': () => by(1 / ZOOM_STEP),
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
          <Tool icon="minus" label="Zoom out" act={() => by(1 / ZOOM_STEP)} disabled={!zoomed} />
          <button type="button" class="tool number" title="Show the whole image" onClick={whole}>
            {Math.round(zoom.scale * 100)} %
          </button>
          <Tool icon="plus" label="Zoom in" act={() => by(ZOOM_STEP)} />
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

interface FactsProps {
  readonly camera: CameraInfo;
  readonly view: { readonly current: FramehubView | null };
}

/** Present measurements. */
function Facts({ camera, view }: FactsProps) {
  const { label, tone } = conditionOf(camera);
  const read = useCallback(() => ({ age: view.current?.age, shown: view.current?.statistics?.fps }), [view]);
  const { age, shown } = usePolled(read, 500);
  const { format, fps, viewers } = camera;
  return (
    <dl class="facts">
      <Fact name="State">
        <span class="state" data-tone={tone}>
          {label}
        </span>
      </Fact>
      <Fact name="Shown" title="Frames per second painted by this page">
        {shown === undefined ? '–' : shown.toFixed(1)} fps
      </Fact>
      <Fact name="Camera" title="Frames per second of the camera">
        {fps.measured.toFixed(1)} fps
      </Fact>
      <Fact name="Age" title="From capture to painting, without the difference of the clocks">
        {ageText(age)}
      </Fact>
      <Fact name="Watching">{viewersText(viewers)}</Fact>
      {format && (
        <Fact name="Image">
          {sizeText(format)} {format.fourcc.trim()}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, title, children }: { name: string; title?: string; children: ComponentChildren }) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
