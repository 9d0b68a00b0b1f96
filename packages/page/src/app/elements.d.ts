import type { FramehubView } from '@framehub/client/element';
import type { HTMLAttributes } from 'preact';

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'framehub-view': HTMLAttributes<FramehubView> & {
        camera?: string;
        'max-fps'?: number | undefined;
      };
    }
  }
}
