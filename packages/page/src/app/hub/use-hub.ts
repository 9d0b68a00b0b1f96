import { useEffect, useState } from 'preact/hooks';
import { type HubState, hub } from './hub.js';

/** The hub as it is known now; draws anew when that changes. */
export function useHub(): HubState {
  const [state, setState] = useState(hub.state);
  useEffect(() => {
    setState(hub.state);
    return hub.watch(() => setState(hub.state));
  }, []);
  return state;
}
