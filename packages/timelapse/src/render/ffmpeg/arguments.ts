import type { FrameRate } from '../frame-rate.js';
import type { RenderPlan } from '../options.js';
import { placeStamp, STAMP_HEIGHT, STAMP_WIDTH } from '../stamp/stamp.js';

/** What a film is made like. */
export interface FilmShape extends Pick<RenderPlan, 'container' | 'frameRate' | 'stamp' | 'deflicker'> {
  /** Pixels, even. */
  readonly width: number;
  /** Pixels, even. */
  readonly height: number;
}

/** JPEGs of any size to raw pictures of one: fitted in, with black beside them. */
export function evenerArguments({ width, height, frameRate }: FilmShape): string[] {
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease`;
  // JPEGs are of full range and BT.601; players take films for limited and BT.709, whatever they are told.
  const colours = 'in_range=full:out_range=limited:in_color_matrix=bt601:out_color_matrix=bt709';
  const filters = `${fit}:${colours},pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2,setsar=1,format=yuv420p`;
  return [
    ...['-f', 'image2pipe', '-c:v', 'mjpeg', '-framerate', fraction(frameRate), '-i', 'pipe:0'],
    // Times go along: a picture that cannot be decoded leaves a gap, and all others stay in their place.
    ...['-vf', filters, '-c:v', 'rawvideo', '-f', 'nut', 'pipe:1'],
  ];
}

/** Raw pictures, and stamps beside them, to a film. */
export function makerArguments(shape: FilmShape, path: string): string[] {
  const { frameRate, stamp, container } = shape;
  const stampFormat = ['-f', 'rawvideo', '-pixel_format', 'ya8', '-video_size', `${STAMP_WIDTH}x${STAMP_HEIGHT}`];
  return [
    ...['-copyts', '-f', 'nut', '-i', 'pipe:0'],
    ...(stamp ? [...stampFormat, '-framerate', fraction(frameRate), '-i', 'pipe:3'] : []),
    ...['-filter_complex', filterGraph(shape), '-map', '[film]'],
    ...'-c:v libx264 -preset fast -crf 20 -pix_fmt yuv420p'.split(' '),
    ...'-color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709'.split(' '),
    ...(container === 'matroska' ? [] : ['-movflags', '+faststart']),
    ...['-progress', 'pipe:1', '-nostats', '-f', container, '-y', `file:${path}`],
  ];
}

function filterGraph({ width, height, frameRate, stamp, deflicker }: FilmShape): string {
  const picture = `[0:v]fps=${fraction(frameRate)}:start_time=0${deflicker ? ',deflicker' : ''}`;
  if (!stamp) return `${picture}[film]`;
  const { x, y, zoom } = placeStamp(width, height);
  return [
    `${picture}[picture]`,
    `[1:v]scale=iw*${zoom}:ih*${zoom}:flags=neighbor[stamp]`,
    `[picture][stamp]overlay=${x}:${y}:eof_action=endall[film]`,
  ].join(';');
}

function fraction({ rate, scale }: FrameRate): string {
  return `${rate}/${scale}`;
}
