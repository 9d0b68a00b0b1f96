import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, FramehubError, recordOf } from '@framehub/frame';
import { MAX_PICTURE_BYTES } from '../jpeg-intake.js';
import { JpegSplitter } from './jpeg-splitter.js';

const CHUNK_BYTES = 256 * 1024;

/**
 * The pictures of a folder, in order of name (2.jpg before 10.jpg), or of a file, which may hold one JPEG or many;
 * once through. Broken ones are among them. Throws `CAPTURE_FILE_MISSING` or `CAPTURE_FILE_UNREADABLE`.
 */
export async function* picturesOf(path: string): AsyncGenerator<Buffer> {
  try {
    const kind = await stat(path);
    if (kind.isDirectory()) yield* picturesInFolder(path);
    else if (kind.isFile()) yield* picturesInFile(path);
    else throw unreadable(path, 'it is neither a file nor a folder');
  } catch (error) {
    throw fileError(error, path);
  }
}

async function* picturesInFolder(path: string): AsyncGenerator<Buffer> {
  const byName = new Intl.Collator('en', { numeric: true });
  const names = (await readdir(path)).filter((name) => /\.jpe?g$/i.test(name)).sort(byName.compare);
  for (const name of names) yield await readPicture(join(path, name));
}

/** Empty for a file that has gone or is closed to us since its name was read, and for one that cannot be a picture. */
async function readPicture(path: string): Promise<Buffer> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { size } = await file.stat();
    return size > MAX_PICTURE_BYTES ? Buffer.alloc(0) : await file.readFile();
  } catch {
    return Buffer.alloc(0);
  } finally {
    await file?.close();
  }
}

async function* picturesInFile(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  const splitter = new JpegSplitter();
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      yield* splitter.push(buffer.subarray(0, bytesRead));
    }
    yield* splitter.end();
  } finally {
    await file.close();
  }
}

function fileError(error: unknown, path: string): FramehubError {
  if (error instanceof FramehubError) return error;
  if (codeOf(error) === 'ENOENT')
    return new FramehubError('CAPTURE_FILE_MISSING', `there is no ${path}: give a folder of JPEGs or a .mjpeg file`, {
      path,
    });
  return unreadable(path, recordOf(error).message);
}

function unreadable(path: string, why: string): FramehubError {
  return new FramehubError('CAPTURE_FILE_UNREADABLE', `${path} cannot be read: ${why}`, { path });
}
