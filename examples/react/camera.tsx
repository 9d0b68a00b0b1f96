// React 19. In a page without a bundler's @framehub/client, the script tag of ../html does the same.
import '@framehub/client/element';
import type { FramehubView } from '@framehub/client/element';
import { type DetailedHTMLProps, type HTMLAttributes, useState } from 'react';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'framehub-view': DetailedHTMLProps<HTMLAttributes<FramehubView>, FramehubView> & {
        src?: string;
        camera?: string;
        'max-fps'?: number | undefined;
        'onframehub-state'?: (event: CustomEvent<{ state: string; transport: string }>) => void;
      };
    }
  }
}

export interface CameraProps {
  /** Address of a framehub: `http://pi4:8090`. */
  readonly hub: string;
  readonly name: string;
  readonly maxFps?: number;
}

export function Camera({ hub, name, maxFps }: CameraProps) {
  const [state, setState] = useState('connecting');
  return (
    <figure>
      <framehub-view
        src={hub}
        camera={name}
        max-fps={maxFps}
        onframehub-state={({ detail }) => setState(detail.state)}
      />
      <figcaption>
        {name}: {state}
      </figcaption>
    </figure>
  );
}
