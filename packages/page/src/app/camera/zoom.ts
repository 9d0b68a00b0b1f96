/** How a picture is looked at: enlarged, and moved by pixels of the screen away from the middle. */
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
const MOST = 12;

/** Enlarges by a factor; the point, counted from the middle of the box, stays where it is. */
export function zoomAt(zoom: Zoom, factor: number, point: Point, box: Box): Zoom {
  const scale = Math.min(MOST, Math.max(1, zoom.scale * factor));
  const ratio = scale / zoom.scale;
  return keptWithin({ scale, x: point.x - (point.x - zoom.x) * ratio, y: point.y - (point.y - zoom.y) * ratio }, box);
}

export function panBy(zoom: Zoom, x: number, y: number, box: Box): Zoom {
  return keptWithin({ ...zoom, x: zoom.x + x, y: zoom.y + y }, box);
}

/** The picture's edges never come inside the box. */
function keptWithin({ scale, x, y }: Zoom, { width, height }: Box): Zoom {
  const limit = (value: number, size: number): number => {
    const most = (size * (scale - 1)) / 2;
    return Math.min(most, Math.max(-most, value)) || 0;
  };
  return { scale, x: limit(x, width), y: limit(y, height) };
}
