import { useEffect, useRef } from 'preact/hooks';

/** What keys do, by `KeyboardEvent.key`. One that returns false leaves the key to the browser. */
export type Shortcuts = Readonly<Record<string, () => unknown>>;

const TYPING = 'input, select, textarea, [contenteditable]';

/** Keys for the whole page, as long as nobody types or holds another key down. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      if (event.target instanceof Element && event.target.closest(TYPING)) return;
      const action = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (action && action() !== false) event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
