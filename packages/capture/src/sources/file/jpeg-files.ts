import { constants } from 'node:fs';
import { type FileHandle, open, opendir } from 'node:fs/promises';
import { sep } from 'node:path';
import { codeOf, FramehubError, recordOf } from '@framehub/frame';
import { MAX_JPEG_BYTES } from '../jpeg-intake.js';
import { JpegSplitter } from './jpeg-splitter.js';

const CHUNK_BYTES = 256 * 1024;
/** A file in which nothing looks like a JPEG for so long has none. */
const MAX_FOREIGN_BYTES = 64 * 1024 * 1024;
const MAX_NAMES = 200_000;
const NAMES_AT_A_TIME = 1000;
/** Opening a pipe would wait for its writer, and block one of the few threads that read files. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * The JPEGs of a folder, in order of name (2.jpg before 10.jpg), or of a file, which may hold one or many; once through.
 * Broken ones are among them. Each is lent until the next is read.
 *
 * @throws `CAPTURE_FILE_MISSING`, `CAPTURE_FILE_UNREADABLE` or `CAPTURE_FILE_NO_FRAMES`
 */
export async function* jpegsOf(path: string): AsyncGenerator<Buffer> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, OPEN_FLAGS);
    const kind = await file.stat();
    if (kind.isDirectory()) yield* jpegsInFolder(path);
    else if (kind.isFile()) yield* jpegsInFile(file, path);
    else throw unreadable(path, 'it is neither a file nor a folder');
  } catch (error) {
    throw fileError(error, path);
  } finally {
    await file?.close();
  }
}

async function* jpegsInFolder(path: string): AsyncGenerator<Buffer> {
  const folder = Buffer.from(`${path}${sep}`);
  for (const name of await jpegNames(path)) yield await readJpeg(Buffer.concat([folder, name]));
}

/** Names as bytes: not every name is valid text. */
async function jpegNames(path: string): Promise<Buffer[]> {
  const found: { name: Buffer; text: string }[] = [];
  // Node returns buffers then, which its types do not say.
  const encoding = 'buffer' as BufferEncoding;
  for await (const entry of await opendir(path, { encoding, bufferSize: NAMES_AT_A_TIME })) {
    const name = entry.name as unknown as Buffer;
    const text = name.toString();
    if (/\.jpe?g$/i.test(text)) found.push({ name, text });
    if (found.length > MAX_NAMES) throw unreadable(path, `it holds more than ${MAX_NAMES} JPEGs: use several folders`);
  }
  const { compare } = new Intl.Collator('en', { numeric: true });
  return found.sort((a, b) => compare(a.text, b.text)).map(({ name }) => name);
}

/** Empty for a file that cannot be opened any more, or is too large for a JPEG. */
async function readJpeg(path: Buffer): Promise<Buffer> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, OPEN_FLAGS);
    const kind = await file.stat();
    return kind.isFile() && kind.size <= MAX_JPEG_BYTES ? await readBytes(file, kind.size) : Buffer.alloc(0);
  } catch {
    return Buffer.alloc(0);
  } finally {
    await file?.close();
  }
}

/** Reads `size` bytes, or fewer if the file has become shorter. */
async function readBytes(file: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(bytes, length, size - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

async function* jpegsInFile(file: FileHandle, path: string): AsyncGenerator<Buffer> {
  const splitter = new JpegSplitter();
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let foreign = 0;
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
    if (bytesRead === 0) break;
    foreign += bytesRead;
    for (const jpeg of splitter.push(chunk.subarray(0, bytesRead))) {
      foreign = 0;
      yield jpeg;
    }
    if (foreign > MAX_FOREIGN_BYTES) throw noFrames(path);
  }
  yield* splitter.end();
}

/** No JPEG was found. */
export function noFrames(path: string): FramehubError {
  return new FramehubError(
    'CAPTURE_FILE_NO_FRAMES',
    `there is no usable JPEG in ${path}: give whole .jpg files or a .mjpeg file, 8 bits, baseline or progressive, up to 64 megapixels`,
    { path },
  );
}

function fileError(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === 'ENOENT')
    return new FramehubError('CAPTURE_FILE_MISSING', `there is no ${path}: give a folder of JPEGs or a .mjpeg file`, {
      path,
    });
  // System errors have a number too.
  const isSystem = error instanceof Error && 'errno' in error;
  return isSystem ? unreadable(path, recordOf(error).message) : error;
}

function unreadable(path: string, why: string): FramehubError {
  return new FramehubError('CAPTURE_FILE_UNREADABLE', `${path} cannot be read: ${why}`, { path });
}
