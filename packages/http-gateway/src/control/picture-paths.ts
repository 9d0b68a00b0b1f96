import { FLIPS, ROTATIONS, WIDTH } from '@framehub/frame';
import { MAX_SNAPSHOT_TIMEOUT } from '../query.js';
import { STREAM_TYPE } from '../stream/wire.js';

/** One parameter of a picture's address. */
interface Parameter {
  readonly description: string;
  readonly schema: object;
}

const RENDITION: Readonly<Record<string, Parameter>> = {
  rotate: { description: 'Degrees clockwise.', schema: { type: 'integer', enum: ROTATIONS } },
  flip: { description: 'Before the rotation.', schema: { type: 'string', enum: FLIPS } },
  width: {
    description: 'Pixels of the finished picture; never enlarges.',
    schema: { type: 'integer', minimum: WIDTH.min, maximum: WIDTH.max },
  },
  quality: { description: 'Of the JPEG.', schema: { type: 'integer', minimum: 1, maximum: 100 } },
};

const flag = (description: string): Parameter => ({ description, schema: { type: 'integer', enum: [0, 1] } });

const STREAM: Readonly<Record<string, Parameter>> = {
  ...RENDITION,
  fps: { description: 'Frames a second at most.', schema: { type: 'number', minimum: 0.1, maximum: 1000 } },
  extra_headers: flag('X-UStreamer-* headers on every part.'),
  advance_headers: flag('Headers of a part right behind the picture before, without Content-Length.'),
  dual_final_frames: flag('The last frame of a series twice.'),
  zero_data: flag('Headers without pictures.'),
  key: {
    description: 'Name of this viewer for the cookie and /state.',
    schema: { type: 'string', pattern: '^[\\w.-]{1,64}$' },
  },
};

const SNAPSHOT: Readonly<Record<string, Parameter>> = {
  ...RENDITION,
  size: {
    description:
      'Another size than the stream has, WIDTHxHEIGHT, or max for the largest: interrupts the stream for a moment.',
    schema: { type: 'string', pattern: '^(max|\\d{1,4}x\\d{1,4})$', examples: ['max', '1920x1080'] },
  },
  placeholder: flag(
    'Where there is no picture, the card that viewers see, with X-Framehub-Placeholder, instead of 503.',
  ),
  max_age: {
    description: 'Milliseconds that the picture may be old. 0: taken after the request.',
    schema: { type: 'number', minimum: 0, maximum: 86_400_000 },
  },
  timeout: {
    description: 'Milliseconds to wait for it.',
    schema: { type: 'number', minimum: 1, maximum: MAX_SNAPSHOT_TIMEOUT },
  },
};

const [MULTIPART] = STREAM_TYPE.split(';', 1) as [string];

/** The addresses of pictures, in their plainest form, for the OpenAPI document. @param problem what answers that are no success hold */
export function picturePaths(camera: object, problem: object): Record<string, object> {
  const stream = operation('MJPEG, a frame a second at least', STREAM, MULTIPART, problem);
  const snapshot = operation('One JPEG', SNAPSHOT, 'image/jpeg', problem);
  return {
    '/stream': { get: stream },
    '/stream/{camera}': { parameters: [camera], get: stream },
    '/snapshot': { get: snapshot },
    '/snapshot/{camera}': { parameters: [camera], get: snapshot },
  };
}

function operation(summary: string, parameters: Readonly<Record<string, Parameter>>, type: string, problem: object) {
  const refused = { description: 'Not possible', content: problem };
  return {
    summary,
    parameters: Object.entries(parameters).map(([name, parameter]) => ({ name, in: 'query', ...parameter })),
    responses: { 200: { description: 'Done', content: { [type]: {} } }, 400: refused, 404: refused, 503: refused },
  };
}
