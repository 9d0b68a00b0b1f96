import { useEffect, useState } from 'preact/hooks';

/** The camera that the address names, `#/garage`; undefined for the wall. */
export function useRoute(): string | undefined {
  const [camera, setCamera] = useState(read);
  useEffect(() => {
    const look = (): void => setCamera(read());
    addEventListener('hashchange', look);
    return () => removeEventListener('hashchange', look);
  }, []);
  return camera;
}

export function routeTo(camera: string): string {
  return `#/${encodeURIComponent(camera)}`;
}

export const WALL = '#/';

function read(): string | undefined {
  try {
    return decodeURIComponent(location.hash.replace(/^#\/?/, '')) || undefined;
  } catch {
    // Somebody has written an address by hand.
    return undefined;
  }
}
