import type { IncomingMessage } from 'node:http';
import { FramehubError } from '@framehub/frame';
import type { z } from 'zod';
import { shorten } from '../address.js';

const LIMIT = 65_536;

/** Reads a body of JSON. @throws FramehubError `HTTP_BAD_REQUEST`, `HTTP_BODY_TOO_LARGE` */
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

async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LIMIT)
      throw new FramehubError('HTTP_BODY_TOO_LARGE', `the body is too long: ${LIMIT} bytes are allowed`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FramehubError('HTTP_BAD_REQUEST', 'the body is not JSON: send an object such as {"brightness": 140}');
  }
}
