// React 19, with @framehub/client from a bundler. Without one, use the script tag of ../html.
import '@framehub/client/element';
import type { FramehubView } from '@framehub/client/element';
import { type DetailedHTMLProps, type HTMLAttributes, useState } from 'react';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'framehub-view': DetailedHTMLProps<HTMLAttributes<FramehubView>, FramehubView> & {
        src?: string;
        camera?: string;
        fps?: number | undefined;
        'onframehub-state'?: (event: CustomEvent<{ state: string; transport: string }>) => void;
      };
    }
  }
}

export interface CameraProps {
  /** Address of a framehub: `http://pi4:8090`. */
  readonly hub: string;
  readonly name: string;
  /** Frames per second, at most. */
  readonly fps?: number;
}

export function Camera({ hub, name, fps }: CameraProps) {
  const [state, setState] = useState('connecting');
  return (
    <figure>
      <framehub-view src={hub} camera={name} fps={fps} onframehub-state={({ detail }) => setState(detail.state)} />
      <figcaption>
        {name}: {state}
      </figcaption>
    </figure>
  );
}
