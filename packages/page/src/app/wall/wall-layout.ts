export interface WallSpace {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** Width by height of a picture. */
const WIDE = 16 / 9;
const NARROW = 4 / 3;
/** Pixels. Smaller pictures are not worth looking at: then the wall is scrolled. */
const LEAST_WIDTH = 250;
export const GAP = 16;
/** Pixels of the line below each picture, and of one more for what is wrong. */
export const CAPTION = 40;
export const PROBLEM = 20;

export interface TileShape {
  /** Width by height of the picture. */
  readonly aspect: number;
  /** Pixels below it. */
  readonly caption: number;
}

export interface WallLayout {
  readonly columns: number;
  /** Pixels of one tile. */
  readonly width: number;
}

/** How many tiles stand side by side, so that all are seen at once and as large as possible. */
export function layoutWall(count: number, space: WallSpace, shape: TileShape): WallLayout {
  const layouts = Array.from({ length: count }, (_, i) => fit(i + 1, Math.ceil(count / (i + 1)), space, shape));
  const best = layouts.reduce((a, b) => (b.width > a.width ? b : a), { columns: 1, width: 0 });
  if (best.width >= LEAST_WIDTH) return best;
  const columns = Math.max(1, Math.min(count, Math.floor((space.width + GAP) / (LEAST_WIDTH + GAP))));
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

/** The shape of all tiles: that of the widest picture. */
export function aspectOf(formats: readonly ({ readonly width: number; readonly height: number } | null)[]): number {
  const shapes = formats.flatMap((format) => (format ? [format.width / format.height] : []));
  return shapes.length === 0 ? WIDE : Math.min(WIDE, Math.max(NARROW, ...shapes));
}
