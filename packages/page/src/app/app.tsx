import { useEffect, useRef } from 'preact/hooks';
import { CameraPage } from './camera/camera-page.js';
import { useHub } from './hub/use-hub.js';
import { useRoute } from './use-route.js';
import { Wall } from './wall/wall.js';

export function App() {
  const state = useHub();
  const name = useRoute();
  const before = useRef<string>(undefined);
  useEffect(() => {
    before.current = name;
    document.title = name === undefined ? 'framehub' : `${name} – framehub`;
    if (name !== undefined) scrollTo(0, 0);
  }, [name]);
  if (name === undefined) return <Wall state={state} from={before.current} />;
  return <CameraPage key={name} name={name} state={state} />;
}
