/**
 * Takes damaged JPEGs through both codecs, from one number to another, and reports how each ended. Whatever is not a
 * picture or a fault of the frame is a finding; one that brings the process down is found by its parent.
 *
 * node victim.mjs SEED FROM TO [each]     each: reports before every input, not every few hundred
 */

import { guardedLibrary } from '../dist/codec/guarded-library.fixture.js';
import { PortableCodec } from '../dist/codec/portable.js';
import { TurboCodec } from '../dist/codec/turbo.js';
import { Init, openTurboLibrary, Param } from '../dist/codec/turbo-library.js';
import { JPEG_FORMAT, shared, turboPath } from '../dist/images.fixture.js';
import { structureOf } from '../dist/jpeg.js';
import { compileKernels, Kernels } from '../dist/kernels.js';
import { orientationOf } from '../dist/planar-image.js';
import { render } from '../dist/render.js';
import { corpus } from './corpus.mjs';
import { guardPages, loadKoffi } from './guard-pages.mjs';
import { mutated, randomFrom } from './mutate.mjs';

const [seed, from, to] = process.argv.slice(2, 5).map(Number);
const reportEvery = process.argv[5] === 'each' ? 1 : 500;
const RENDITIONS = [
  { width: 16 },
  { width: 24 },
  { quality: 50 },
  { rotate: 90 },
  { rotate: 180 },
  { flip: 'horizontal' },
];
const ORIENTATIONS = [0, 90, 180, 270].map((rotate) => orientationOf({ rotate, flip: 'none' }));

const koffi = loadKoffi();
const library = openTurboLibrary(koffi, await turboPath());
const guarded = guardedLibrary(library, guardPages(koffi), () => {});
const module = await compileKernels();
const files = corpus(library);

const outcomes = {};
const count = (outcome) => {
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
};
const findings = [];

function attempt(what, number, run) {
  try {
    run();
    count(`${what}: picture`);
  } catch (error) {
    if (error?.name === 'RejectedFrame') return count(`${what}: ${error.fault}`);
    findings.push(`${what} ${number}: ${error?.stack ?? error}`);
  }
}

const kernels = { turbo: new Kernels(module), portable: new Kernels(module) };
const codecs = {
  turbo: new TurboCodec(guarded, kernels.turbo),
  portable: new PortableCodec(kernels.portable),
};

/** As if the structure had not been checked: the codec has to hold by itself. */
function uncheckedTurbo(bytes, random) {
  const handle = library.tj3Init(Init.DECOMPRESS);
  library.tj3DecompressHeader(handle, bytes, bytes.length);
  const [width, height] = [library.tj3Get(handle, Param.JPEGWIDTH), library.tj3Get(handle, Param.JPEGHEIGHT)];
  library.tj3Destroy(handle);
  const info = { width: Math.max(1, width), height: Math.max(1, height), byteLength: bytes.length };
  if (random(3) === 0) codecs.turbo.transform(bytes, info, ORIENTATIONS[random(ORIENTATIONS.length)]);
  else codecs.turbo.decode(bytes, info, { width: 1 + random(info.width), height: 1 + random(info.height) });
}

for (let number = from; number < to; number++) {
  if ((number - from) % reportEvery === 0) process.send({ number });
  const random = randomFrom(seed * 1_000_003 + number);
  const bytes = mutated(files, random);
  if (bytes.length === 0) continue;
  const job = {
    bytes: shared(bytes),
    format: JPEG_FORMAT({ width: 64, height: 48 }),
    rendition: RENDITIONS[random(RENDITIONS.length)],
    quality: 80,
    subsampling: 'auto',
  };
  attempt('turbo', number, () => render(job, { codec: codecs.turbo, kernels: kernels.turbo }));
  // What jpeg-js encodes has been decoded by then, and takes it ten times as long.
  attempt('portable', number, () => codecs.portable.decode(job.bytes, structureOf(job.bytes)));
  attempt('turbo, unchecked', number, () => uncheckedTurbo(bytes, random));
  kernels.turbo.reset();
  kernels.portable.reset();
}
process.send({ number: to, outcomes, findings }, () => process.disconnect());
