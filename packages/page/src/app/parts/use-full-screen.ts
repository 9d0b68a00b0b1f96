import { useCallback, useEffect, useState } from 'preact/hooks';

export interface FullScreen {
  readonly on: boolean;
  toggle(): void;
}

/** An element over the whole screen; over the whole window where a browser has no full screen, as on an iPhone. */
export function useFullScreen(element: { readonly current: HTMLElement | null }): FullScreen {
  const [on, setOn] = useState(false);

  useEffect(() => {
    const look = (): void => setOn(document.fullscreenElement === element.current);
    document.addEventListener('fullscreenchange', look);
    return () => document.removeEventListener('fullscreenchange', look);
  }, [element]);

  const toggle = useCallback(() => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else if (element.current?.requestFullscreen) element.current.requestFullscreen().catch(() => setOn((was) => !was));
    else setOn((was) => !was);
  }, [element]);

  return { on, toggle };
}
