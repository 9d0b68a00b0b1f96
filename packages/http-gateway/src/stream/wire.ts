import type { JpegFrame } from '@framehub/frame';

/**
 * The wire form of MJPEG over HTTP.
 *
 * A stream begins with `PROLOGUE`; each part is its headers, the picture, and at once the boundary of the next part, so
 * that no client waits for the next picture to learn that this one is complete. Mainsail renders on the byte behind the
 * picture, Fluidd on the boundary; FFmpeg wants `--` first; go2rtc and Mainsail want `Content-Length`.
 *
 * Chromium paints a picture only when the *headers* of the next part have come. For it they are sent in advance, and
 * `Content-Length` must go, since the next picture is not known yet.
 */
export const BOUNDARY = 'boundarydonotcross';
export const STREAM_TYPE = `multipart/x-mixed-replace; boundary=${BOUNDARY}`;

const PART_TYPE = 'Content-Type: image/jpeg\r\n';
const TRAILER = Buffer.from(`\r\n--${BOUNDARY}\r\n`);
const ADVANCE = Buffer.from(`${PART_TYPE}\r\n`);
const TRAILER_AND_ADVANCE = Buffer.concat([TRAILER, ADVANCE]);

/** First bytes of the body: without and with headers in advance. */
export const PROLOGUE = TRAILER.subarray(2);
export const PROLOGUE_AND_ADVANCE = TRAILER_AND_ADVANCE.subarray(2);

/** Makes the bytes of one part. */
export type PartOf = (frame: JpegFrame) => Buffer;

/**
 * The same part for all viewers of a frame: made once, in one piece, then written as it is to each of them. One copy of
 * the picture a frame costs less than a list of three buffers a viewer, and a marker is not torn between two packets.
 */
export const countedPart: PartOf = oncePerFrame((frame) =>
  Buffer.concat([Buffer.from(`${countedHeaders(frame, frame.data.length)}\r\n`), frame.data, TRAILER]),
);

export const advancedPart: PartOf = oncePerFrame((frame) => Buffer.concat([frame.data, TRAILER_AND_ADVANCE]));

/** A part with headers of its viewer's own, for diagnosis. `lines` end in CRLF each. */
export function annotatedPart(frame: JpegFrame, lines: string, withPicture: boolean): Buffer {
  const picture = withPicture ? frame.data : new Uint8Array();
  return Buffer.concat([Buffer.from(`${countedHeaders(frame, picture.length)}${lines}\r\n`), picture, TRAILER]);
}

/** Unix seconds with six decimals, as ustreamer and mjpg-streamer write times. */
export function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(6);
}

function countedHeaders(frame: JpegFrame, length: number): string {
  return `${PART_TYPE}Content-Length: ${length}\r\nX-Timestamp: ${seconds(frame.capturedAt)}\r\n`;
}

function oncePerFrame(make: PartOf): PartOf {
  const made = new WeakMap<JpegFrame, Buffer>();
  return (frame) => {
    let part = made.get(frame);
    if (!part) {
      part = make(frame);
      made.set(frame, part);
    }
    return part;
  };
}
