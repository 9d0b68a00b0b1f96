import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CameraTraffic, JpegFrame } from '@framehub/frame';
import { seconds } from '../stream/wire.js';

/** Answers with one frame, or with the news that the client has it. */
export function sendFrame(
  req: IncomingMessage,
  res: ServerResponse,
  camera: string,
  frame: JpegFrame,
  traffic: CameraTraffic,
): void {
  const { placeholder } = frame;
  // Sequences start anew when a camera does; with the time, a tag never comes twice.
  const tag = `"${camera}-${frame.sequence.toString(36)}-${Math.round(frame.capturedAt * 1000).toString(36)}"`;
  const headers = {
    ETag: tag,
    'Cache-Control': 'no-store',
    'X-Timestamp': seconds(frame.capturedAt),
    'X-UStreamer-Online': String(placeholder === undefined),
    'X-UStreamer-Width': String(frame.width),
    'X-UStreamer-Height': String(frame.height),
    ...(placeholder !== undefined && { 'X-Framehub-Placeholder': placeholder }),
  };
  if (knows(req.headers['if-none-match'], tag)) {
    res.writeHead(304, headers).end();
    return;
  }
  res.writeHead(200, { ...headers, 'Content-Type': 'image/jpeg', 'Content-Length': frame.data.length });
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  traffic.count(frame, frame.data.length);
  res.end(frame.data);
}

/** RFC 9110, section 13.1.2: a list of tags, weak ones compared as strong, or `*`. */
function knows(ifNoneMatch: string | undefined, tag: string): boolean {
  const known = (ifNoneMatch ?? '').split(',').map((text) => text.trim().replace(/^W\//, ''));
  return known.includes(tag) || known.includes('*');
}
