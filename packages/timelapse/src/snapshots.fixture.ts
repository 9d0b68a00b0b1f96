import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Snapshot } from './source.js';

/** A new folder, removed after the test. */
export function temporaryFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'framehub-timelapse-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file with the structure of a JPEG, 16 by 8, and a number in a comment: no decoder shows it. */
export function jpegLike(number: number, scanBytes = 100): Buffer {
  const segment = (marker: number, ...body: number[]) => [0xff, marker, 0, body.length + 2, ...body];
  const head = [
    ...[0xff, 0xd8],
    ...segment(0xfe, ...Buffer.from(String(number))),
    ...segment(0xc0, 8, 0, 8, 0, 16, 1, 1, 0x11, 0),
    ...segment(0xda, 1, 1, 0, 0, 63, 0),
  ];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(scanBytes, 0x55), Buffer.from([0xff, 0xd9])]);
}

/** The number of a {@link jpegLike}. */
export function numberIn(jpeg: Uint8Array): number {
  const length = (jpeg[5] ?? 0) - 2;
  return Number(Buffer.from(jpeg.subarray(6, 6 + length)).toString());
}

/** A snapshot as a source provides it. */
export function snapshotOf(number: number, facts: Partial<Snapshot> = {}): Snapshot {
  return { data: jpegLike(number), capturedAt: undefined, sequence: undefined, arrivedAt: Date.now(), ...facts };
}

export const hasFfmpeg = ['ffmpeg', 'ffprobe'].every((program) => spawnSync(program, ['-version']).status === 0);

/** Black and white fields in a row, one for each binary digit. */
const BITS = 16;

/** A grey image that shows a number in binary digits: bright fields are ones, the highest digit first. */
function drawNumber(number: number, width: number, height: number, brightness: number): Buffer {
  const row = Buffer.alloc(width);
  for (let x = 0; x < width; x++) {
    const bit = BITS - 1 - Math.floor((x * BITS) / width);
    row[x] = (number >> bit) & 1 ? brightness : 40;
  }
  return Buffer.concat(Array.from({ length: height }, () => row));
}

/** The number that the upper part of a grey image shows. */
export function readNumber(grey: Uint8Array, width: number, height: number): number {
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const x = Math.floor(((bit + 0.5) * width) / BITS);
    number = number * 2 + ((grey[Math.floor(height / 4) * width + x] ?? 0) > 100 ? 1 : 0);
  }
  return number;
}

/** Real JPEGs that show these numbers. */
export function numberedJpegs(
  numbers: readonly number[],
  { width = 320, height = 240, brightness = 220 }: { width?: number; height?: number; brightness?: number } = {},
): Buffer[] {
  const input = Buffer.concat(numbers.map((number) => drawNumber(number, width, height, brightness)));
  const jpegs = ffmpeg(
    input,
    ...['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${width}x${height}`, '-i', '-'],
    ...['-pix_fmt', 'yuvj420p', '-q:v', '3', '-f', 'mjpeg', '-'],
  );
  const starts = [...jpegs.keys()].filter((at) => jpegs[at] === 0xff && jpegs[at + 1] === 0xd8);
  return starts.map((start, i) => jpegs.subarray(start, starts[i + 1]));
}

export function ffmpeg(input: Uint8Array, ...args: string[]): Buffer {
  const { status, stdout, stderr } = spawnSync('ffmpeg', ['-v', 'error', ...args], { input, maxBuffer: 2 ** 30 });
  if (status !== 0 || stderr.length > 0) throw new Error(`ffmpeg: ${stderr}`);
  return stdout;
}

/** What ffprobe reports about a film's video stream, with its frames counted. */
export function probe(film: string): Record<string, string | number> {
  const args = ['-v', 'error', '-count_frames', '-show_streams', '-of', 'json', film];
  const { status, stdout, stderr } = spawnSync('ffprobe', args, { encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`ffprobe: ${stderr}`);
  return JSON.parse(stdout).streams[0];
}

/** The frames of a film in grey. */
export function greyFrames(film: string, width: number, height: number): Buffer[] {
  const grey = ffmpeg(
    Buffer.alloc(0),
    ...['-i', film, '-fps_mode', 'passthrough', '-vf', 'scale=out_range=full', '-pix_fmt', 'gray'],
    ...['-f', 'rawvideo', '-'],
  );
  const size = width * height;
  return Array.from({ length: grey.length / size }, (_, i) => grey.subarray(i * size, (i + 1) * size));
}
