import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** A value that is read again at regular times. @param intervalMs milliseconds */
export function usePolled<T>(read: () => T, intervalMs: number): T {
  const [value, setValue] = useState(read);
  useEffect(() => {
    const timer = setInterval(() => setValue(read()), intervalMs);
    return () => clearInterval(timer);
  }, [read, intervalMs]);
  return value;
}

/** Actions by `KeyboardEvent.key`. One that returns false leaves the key to the browser. */
export type Shortcuts = Readonly<Record<string, () => unknown>>;

const TEXT_FIELDS = 'input, select, textarea, [contenteditable]';

/** Keys for the whole page, except in text fields and with a modifier key. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      if (event.target instanceof Element && event.target.closest(TEXT_FIELDS)) return;
      const action = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (action && action() !== false) event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}

export interface FullScreen {
  readonly on: boolean;
  toggle(): void;
}

/** An element over the whole screen; over the whole window where a browser has no full screen, as on an iPhone. */
export function useFullScreen(element: { readonly current: HTMLElement | null }): FullScreen {
  const [on, setOn] = useState(false);

  useEffect(() => {
    const update = (): void => setOn(document.fullscreenElement === element.current);
    document.addEventListener('fullscreenchange', update);
    return () => document.removeEventListener('fullscreenchange', update);
  }, [element]);

  const toggle = useCallback(() => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else if (element.current?.requestFullscreen)
      element.current.requestFullscreen().catch(() => setOn((previous) => !previous));
    else setOn((previous) => !previous);
  }, [element]);

  return { on, toggle };
}
