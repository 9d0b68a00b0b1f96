import type { CameraInfo } from '@framehub/client';
import type { FramehubView } from '@framehub/client/element';
import { useCallback } from 'preact/hooks';
import { useReading } from '../use-reading.js';
import { ageText, conditionOf, sizeText, viewersText } from '../words.js';

export interface FactsProps {
  readonly camera: CameraInfo;
  readonly view: { readonly current: FramehubView | null };
}

/** How the camera is now, in figures. */
export function Facts({ camera, view }: FactsProps) {
  const { label, tone } = conditionOf(camera);
  const read = useCallback(() => ({ age: view.current?.age, shown: view.current?.statistics?.fps }), [view]);
  const { age, shown } = useReading(read, 500);
  const { format, fps, viewers } = camera;
  return (
    <dl class="facts">
      <Fact name="State">
        <span class="state" data-tone={tone}>
          {label}
        </span>
      </Fact>
      <Fact name="Shown" title="Pictures a second that are painted here">
        {shown === undefined ? '–' : shown.toFixed(1)} fps
      </Fact>
      <Fact name="Camera" title="Pictures a second that the camera gives">
        {fps.measured.toFixed(1)} fps
      </Fact>
      <Fact name="Age" title="From capture to painting, the difference of the clocks taken out">
        {ageText(age)}
      </Fact>
      <Fact name="Watching">{viewersText(viewers)}</Fact>
      {format && (
        <Fact name="Picture">
          {sizeText(format)} {format.fourcc.trim()}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, title, children }: { name: string; title?: string; children: preact.ComponentChildren }) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
