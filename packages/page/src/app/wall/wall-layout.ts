import { useLayoutEffect } from 'preact/hooks';

export interface WallSpace {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** Aspect ratios. */
const WIDE = 16 / 9;
const NARROW = 4 / 3;
/** Pixels. If the tiles would be smaller, the page scrolls. */
const MIN_WIDTH = 250;
export const GAP = 16;
/** Pixels of the caption, and of another line for a problem. */
export const CAPTION = 40;
export const PROBLEM = 20;

export interface TileShape {
  /** Aspect ratio of the frame. */
  readonly aspect: number;
  /** Pixels of the caption. */
  readonly caption: number;
}

export interface WallLayout {
  readonly columns: number;
  /** Pixels of one tile. */
  readonly width: number;
}

/** The number of columns with which all tiles are visible and as large as possible. */
export function layoutWall(count: number, space: WallSpace, shape: TileShape): WallLayout {
  const layouts = Array.from({ length: count }, (_, i) => fit(i + 1, Math.ceil(count / (i + 1)), space, shape));
  const best = layouts.reduce((a, b) => (b.width > a.width ? b : a), { columns: 1, width: 0 });
  if (best.width >= MIN_WIDTH) return best;
  const columns = Math.max(1, Math.min(count, Math.floor((space.width + GAP) / (MIN_WIDTH + GAP))));
  return { columns, width: columnWidth(columns, space) };
}

function fit(columns: number, rows: number, space: WallSpace, { aspect, caption }: TileShape): WallLayout {
  const rowHeight = (space.height - GAP * (rows - 1)) / rows;
  const width = Math.min(columnWidth(columns, space), (rowHeight - caption) * aspect);
  return { columns, width: Math.floor(Math.max(0, width)) };
}

function columnWidth(columns: number, { width }: WallSpace): number {
  return Math.floor((width - GAP * (columns - 1)) / columns);
}

/** The aspect ratio of all tiles: that of the widest frame. */
export function aspectOf(formats: readonly ({ readonly width: number; readonly height: number } | null)[]): number {
  const shapes = formats.flatMap((format) => (format ? [format.width / format.height] : []));
  return shapes.length === 0 ? WIDE : Math.min(WIDE, Math.max(NARROW, ...shapes));
}

interface Ref<T> {
  readonly current: T | null;
}

/**
 * Fits the tiles into the part of the window that the rest of the page leaves free.
 *
 * @param page contains `main`, which contains the list
 * @param shape the caption's height is the least: a large font needs more
 */
export function useWallLayout(
  page: Ref<HTMLElement>,
  list: Ref<HTMLElement>,
  count: number,
  { aspect, caption }: TileShape,
): void {
  useLayoutEffect(() => {
    const update = (): void => {
      const element = list.current;
      const main = element?.parentElement;
      if (!element || !main) return;
      const below = main.nextElementSibling instanceof HTMLElement ? main.nextElementSibling.offsetHeight : 0;
      const top = element.getBoundingClientRect().top + scrollY;
      const captions = [...element.querySelectorAll<HTMLElement>('.caption')].map(({ offsetHeight }) => offsetHeight);
      const space = { width: main.clientWidth, height: innerHeight - top - below };
      const { columns, width } = layoutWall(count, space, { aspect, caption: Math.max(caption, ...captions) });
      element.style.setProperty('--columns', String(columns));
      element.style.setProperty('--width', `${width}px`);
    };
    update();
    addEventListener('resize', update);
    // The state of the connection appears and disappears. In a later animation frame, as an observer must not resize what it observes.
    const observer = new ResizeObserver(() => requestAnimationFrame(update));
    for (const element of page.current?.children ?? []) if (element.tagName !== 'MAIN') observer.observe(element);
    return () => {
      removeEventListener('resize', update);
      observer.disconnect();
    };
  }, [page, list, count, aspect, caption]);
}
