import type { FramehubView } from '@framehub/client/element';
import { type HTMLAttributes, render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { CameraPage } from './camera/camera-page.js';
import { useHub } from './hub/hub.js';
import { useRoute } from './route.js';
import { Wall } from './wall/wall.js';

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'framehub-view': HTMLAttributes<FramehubView> & { camera?: string; fps?: number | undefined };
    }
  }
}

function App() {
  const state = useHub();
  const name = useRoute();
  const previous = useRef<string>(undefined);
  useEffect(() => {
    previous.current = name;
    document.title = name === undefined ? 'framehub' : `${name} – framehub`;
    if (name !== undefined) scrollTo(0, 0);
  }, [name]);
  if (name === undefined) return <Wall state={state} from={previous.current} />;
  return <CameraPage key={name} name={name} state={state} />;
}

render(<App />, document.getElementById('app') as HTMLElement);
