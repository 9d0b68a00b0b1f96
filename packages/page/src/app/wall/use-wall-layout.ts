import { useLayoutEffect } from 'preact/hooks';
import { layoutWall } from './columns.js';

interface Ref<T> {
  readonly current: T | null;
}

/**
 * Fits the tiles into what the page leaves free of the window.
 *
 * @param page what `main`, with the list in it, shares the window with is beside it in here
 * @param caption pixels below each picture, at least: large letters need more
 */
export function useWallLayout(
  page: Ref<HTMLElement>,
  list: Ref<HTMLElement>,
  count: number,
  aspect: number,
  caption: number,
): void {
  useLayoutEffect(() => {
    const lay = (): void => {
      const element = list.current;
      const main = element?.parentElement;
      if (!element || !main) return;
      const below = main.nextElementSibling instanceof HTMLElement ? main.nextElementSibling.offsetHeight : 0;
      const top = element.getBoundingClientRect().top + scrollY;
      const captions = [...element.querySelectorAll<HTMLElement>('.caption')].map(({ offsetHeight }) => offsetHeight);
      const shape = { aspect, caption: Math.max(caption, ...captions) };
      const { columns, width } = layoutWall(
        count,
        { width: main.clientWidth, height: innerHeight - top - below },
        shape,
      );
      element.style.setProperty('--columns', String(columns));
      element.style.setProperty('--width', `${width}px`);
    };
    lay();
    addEventListener('resize', lay);
    // What is said of the connection comes and goes. In a frame of its own: an observer must not move what it observes.
    const observer = new ResizeObserver(() => requestAnimationFrame(lay));
    for (const element of page.current?.children ?? []) if (element.tagName !== 'MAIN') observer.observe(element);
    return () => {
      removeEventListener('resize', lay);
      observer.disconnect();
    };
  }, [page, list, count, aspect, caption]);
}
