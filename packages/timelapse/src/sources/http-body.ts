import { messageOf, parseObject } from './json.js';

/** Larger pictures are some mistake. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The bytes of an answer, or undefined when there are too many. Rejects when it breaks off. */
export async function readBody(answer: Response): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the rest.
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** What an answer that is no picture says: the message of a hub's JSON, or its status. */
export async function readProblem(answer: Response): Promise<string> {
  const body = (await readBody(answer))?.toString('utf8') ?? '';
  return messageOf(parseObject(body)) ?? `it answers with ${answer.status} ${answer.statusText}`.trimEnd();
}
