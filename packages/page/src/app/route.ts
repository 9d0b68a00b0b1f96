import { useEffect, useState } from 'preact/hooks';

/** The camera that the address names, `#/garage`; undefined for the wall. */
export function useRoute(): string | undefined {
  const [camera, setCamera] = useState(read);
  useEffect(() => {
    const update = (): void => setCamera(read());
    addEventListener('hashchange', update);
    return () => removeEventListener('hashchange', update);
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
    // Invalid percent-encoding in a typed address.
    return undefined;
  }
}
