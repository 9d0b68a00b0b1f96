import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { explainFailure, FfmpegRun } from './ffmpeg.js';
import type { FrameRate, RenderPlan } from './options.js';
import type { WholeSnapshot } from './snapshot-reader.js';
import { drawStamp, placeStamp, STAMP_HEIGHT, STAMP_WIDTH } from './stamp.js';

/** What a film looks like. */
interface FilmFormat extends Pick<RenderPlan, 'container' | 'frameRate' | 'stamp' | 'deflicker'> {
  /** Pixels, even. */
  readonly width: number;
  /** Pixels, even. */
  readonly height: number;
}

export interface FilmOptions extends FilmFormat {
  /** Path of ffmpeg. */
  readonly program: string;
  /** Where the film is written. */
  readonly path: string;
  /** Its later name, for messages. */
  readonly output: string;
  /** Called with the number of frames that are done. */
  readonly progress: (frames: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Makes a film with ffmpeg. A part of it may be left when it fails.
 *
 * Two processes work together: the scaler makes frames of one size, the encoder makes the film. A single process would
 * restart its filters when the size changes, and lose the frames in them.
 *
 * @returns its number of frames
 * @throws `TIMELAPSE_FFMPEG_FAILED`, `TIMELAPSE_DISK_FULL` or `TIMELAPSE_UNREADABLE`
 */
export async function makeFilm(snapshots: AsyncIterable<WholeSnapshot>, options: FilmOptions): Promise<number> {
  const { program, stamp, path, output, signal } = options;
  const scaler = new FfmpegRun(program, scalerArguments(options));
  const encoder = new FfmpegRun(program, encoderArguments(options, path), stamp);
  const kill = () => {
    scaler.kill();
    encoder.kill();
  };
  signal.addEventListener('abort', kill);
  if (signal.aborted) kill();
  // When it fails, one of the two has ended and has the reason.
  const joined = pipeline(scaler.output, encoder.input).catch(() => {});
  const counted = countFrames(encoder, options.progress);
  try {
    await feed(snapshots, scaler.input, encoder.extraInput);
  } catch (error) {
    kill();
    throw error;
  } finally {
    await Promise.all([scaler.ended, encoder.ended, joined]);
    signal.removeEventListener('abort', kill);
  }
  const failure = explainFailure(output, [await scaler.ended, await encoder.ended]);
  if (failure) throw failure;
  return counted;
}

async function feed(
  snapshots: AsyncIterable<WholeSnapshot>,
  scaler: Writable,
  stamps: Writable | undefined,
): Promise<void> {
  for await (const { data, stored } of snapshots) {
    // Not awaited: the encoder may want frames first. There are no more stamps than snapshots on their way.
    stamps?.write(drawStamp(stored.capturedAt));
    if (!(await write(scaler, data))) break;
  }
  scaler.end();
  stamps?.end();
}

/** Resolves with true when the bytes were taken, and with false when the stream failed. */
function write(input: Writable, data: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    input.write(data, (error) => resolve(!error));
  });
}

/** Resolves with the number of frames at the end. */
async function countFrames(encoder: FfmpegRun, progress: (frames: number) => void): Promise<number> {
  let frames = 0;
  for await (const line of createInterface({ input: encoder.output })) {
    const [, count] = /^frame=\s*(\d+)/.exec(line) ?? [];
    if (count === undefined) continue;
    frames = Number(count);
    progress(frames);
  }
  return frames;
}

/** JPEGs of any size to raw frames of one: fitted in, with black borders. */
function scalerArguments({ width, height, frameRate }: FilmFormat): string[] {
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease`;
  // JPEGs have full range and BT.601; players assume limited range and BT.709, whatever the film declares.
  const colours = 'in_range=full:out_range=limited:in_color_matrix=bt601:out_color_matrix=bt709';
  const filters = `${fit}:${colours},pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2,setsar=1,format=yuv420p`;
  return [
    ...['-f', 'image2pipe', '-c:v', 'mjpeg', '-framerate', fraction(frameRate), '-i', 'pipe:0'],
    // With timestamps: a snapshot that cannot be decoded leaves a gap, and all others stay in their place.
    ...['-vf', filters, '-c:v', 'rawvideo', '-f', 'nut', 'pipe:1'],
  ];
}

/** Raw frames, and stamps beside them, to a film. */
function encoderArguments(format: FilmFormat, path: string): string[] {
  const { frameRate, stamp, container } = format;
  const stampFormat = ['-f', 'rawvideo', '-pixel_format', 'ya8', '-video_size', `${STAMP_WIDTH}x${STAMP_HEIGHT}`];
  return [
    ...['-copyts', '-f', 'nut', '-i', 'pipe:0'],
    ...(stamp ? [...stampFormat, '-framerate', fraction(frameRate), '-i', 'pipe:3'] : []),
    ...['-filter_complex', filterGraph(format), '-map', '[film]'],
    ...'-c:v libx264 -preset fast -crf 20 -pix_fmt yuv420p'.split(' '),
    ...'-color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709'.split(' '),
    ...(container === 'matroska' ? [] : ['-movflags', '+faststart']),
    ...['-progress', 'pipe:1', '-nostats', '-f', container, '-y', `file:${path}`],
  ];
}

function filterGraph({ width, height, frameRate, stamp, deflicker }: FilmFormat): string {
  const frames = `[0:v]fps=${fraction(frameRate)}:start_time=0${deflicker ? ',deflicker' : ''}`;
  if (!stamp) return `${frames}[film]`;
  const { x, y, zoom } = placeStamp(width, height);
  return [
    `${frames}[frames]`,
    `[1:v]scale=iw*${zoom}:ih*${zoom}:flags=neighbor[stamp]`,
    `[frames][stamp]overlay=${x}:${y}:eof_action=endall[film]`,
  ].join(';');
}

function fraction({ rate, scale }: FrameRate): string {
  return `${rate}/${scale}`;
}
