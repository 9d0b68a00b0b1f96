import type { IncomingMessage } from 'node:http';
import { FramehubError, strictJson } from '@framehub/frame';
import type { z } from 'zod';
import { shorten } from '../address.js';
import { bodyTooLarge, MAX_BODY } from '../bounded-request.js';

/** Reads a body of JSON, whose length has been checked. @throws FramehubError `HTTP_BAD_REQUEST` */
export async function readJson(req: IncomingMessage, schema: z.ZodType): Promise<unknown> {
  const text = await readText(req);
  const read = schema.safeParse(parse(text));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  // Unknown keys stand beside the path.
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const place = ['body', ...(issue?.path ?? []), ...unknown].join('.');
  throw new FramehubError('HTTP_BAD_REQUEST', `${shorten(place)} is not possible: ${issue?.message}`);
}

/** Into memory of its own: pieces of a byte, of which a sender may make thousands, would take a hundred times their size. */
function readText(req: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(1024);
    let length = 0;
    req.on('data', (piece: Buffer) => {
      if (length + piece.length > MAX_BODY) {
        reject(bodyTooLarge());
        req.destroy();
        return;
      }
      if (length + piece.length > bytes.length)
        bytes = Buffer.concat([bytes], Math.max(2 * bytes.length, length + piece.length));
      bytes.set(piece, length);
      length += piece.length;
    });
    req.once('end', () => resolve(bytes.toString('utf8', 0, length)));
    // Who goes before the end has nothing answered, and no fault of ours is behind it.
    const cutShort = (): void =>
      reject(new FramehubError('HTTP_BAD_REQUEST', 'the body ended early: send as much as its length says'));
    req.once('error', cutShort);
    req.once('close', cutShort);
  });
}

function parse(text: string): unknown {
  try {
    return strictJson(text);
  } catch {
    throw new FramehubError(
      'HTTP_BAD_REQUEST',
      'the body is not JSON, or has a key __proto__: send an object such as {"brightness": 140}',
    );
  }
}
