import { useEffect, useState } from 'preact/hooks';

/** A scale, and an offset from the middle in pixels of the screen. */
export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly width: number;
  readonly height: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
const MAX_SCALE = 12;

/** Zooms by a factor around a point, which is relative to the middle of the box. */
export function zoomAt(zoom: Zoom, factor: number, point: Point, box: Box): Zoom {
  const scale = Math.min(MAX_SCALE, Math.max(1, zoom.scale * factor));
  const ratio = scale / zoom.scale;
  return clamp({ scale, x: point.x - (point.x - zoom.x) * ratio, y: point.y - (point.y - zoom.y) * ratio }, box);
}

export function panBy(zoom: Zoom, x: number, y: number, box: Box): Zoom {
  return clamp({ ...zoom, x: zoom.x + x, y: zoom.y + y }, box);
}

/** Keeps the edges of the frame outside the box. */
function clamp({ scale, x, y }: Zoom, { width, height }: Box): Zoom {
  const limit = (value: number, size: number): number => {
    const max = (size * (scale - 1)) / 2;
    return Math.min(max, Math.max(-max, value)) || 0;
  };
  return { scale, x: limit(x, width), y: limit(y, height) };
}

export interface ZoomControl {
  readonly zoom: Zoom;
  /** @param factor above 1 enlarges */
  by(factor: number): void;
  /** In parts of the visible area: 0.1 is a tenth to the right or down. */
  pan(x: number, y: number): void;
  whole(): void;
}

/** Pixels per unit of `WheelEvent.deltaMode`: pixels, lines and pages. */
const WHEEL_PIXELS = [1, 16, 400];

/** Zooms and pans an element by wheel, pinch, drag and double click. */
export function useZoom(stage: { readonly current: HTMLElement | null }): ZoomControl {
  const [zoom, setZoom] = useState(WHOLE);

  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const ended = new AbortController();
    const listen = <K extends keyof HTMLElementEventMap>(name: K, act: (event: HTMLElementEventMap[K]) => void): void =>
      element.addEventListener(name, act, { signal: ended.signal, passive: false });
    const pointers = new Map<number, Point>();

    listen('wheel', (event) => {
      event.preventDefault();
      const pixels = event.deltaY * (WHEEL_PIXELS[event.deltaMode] ?? 1);
      const factor = Math.exp(-pixels / (event.ctrlKey ? 100 : 400));
      setZoom((current) => zoomAt(current, factor, fromMiddle(event, element), boxOf(element)));
    });
    listen('dblclick', (event) => {
      setZoom((current) =>
        current.scale > 1 ? WHOLE : zoomAt(current, 2.5, fromMiddle(event, element), boxOf(element)),
      );
    });
    listen('pointerdown', (event) => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, fromMiddle(event, element));
    });
    listen('pointermove', (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const now = fromMiddle(event, element);
      const [other] = [...pointers].flatMap(([id, point]) => (id === event.pointerId ? [] : [point]));
      pointers.set(event.pointerId, now);
      const box = boxOf(element);
      setZoom((current) => {
        if (!other) return panBy(current, now.x - before.x, now.y - before.y, box);
        const [from, to] = [middle(before, other), middle(now, other)];
        const pinched = zoomAt(current, distance(now, other) / Math.max(1, distance(before, other)), from, box);
        return panBy(pinched, to.x - from.x, to.y - from.y, box);
      });
    });
    for (const end of ['pointerup', 'pointercancel'] as const)
      listen(end, ({ pointerId }) => pointers.delete(pointerId));
    return () => ended.abort();
  }, [stage]);

  const change = (next: (current: Zoom, box: Box) => Zoom): void => {
    const element = stage.current;
    if (element) setZoom((current) => next(current, boxOf(element)));
  };
  return {
    zoom,
    by: (factor) => change((current, box) => zoomAt(current, factor, { x: 0, y: 0 }, box)),
    pan: (x, y) => change((current, box) => panBy(current, -x * box.width, -y * box.height, box)),
    whole: () => setZoom(WHOLE),
  };
}

function boxOf(element: HTMLElement): Box {
  return { width: element.clientWidth, height: element.clientHeight };
}

function fromMiddle({ clientX, clientY }: MouseEvent, element: HTMLElement): Point {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
}

const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
