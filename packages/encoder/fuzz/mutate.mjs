/** A generator of whole numbers that gives the same ones for the same seed: mulberry32. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const NOTABLE = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x11, 0x22, 0x41, 0x14, 0x44];
const MARKERS = [0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc9, 0xcc, 0xd0, 0xd7, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xee];

/** A damaged copy of one of the files, or of two: of damage that a parser and a decoder have to survive. */
export function mutated(files, random) {
  let bytes = files[random(files.length)].slice();
  for (let hits = 1 + random(6); hits > 0 && bytes.length > 0; hits--)
    bytes = MUTATIONS[random(MUTATIONS.length)](bytes, random, files);
  return bytes;
}

const place = (bytes, random) => random(bytes.length);
/** Headers are a small part of a file, and the part where damage does most. */
const inHeaders = (bytes, random) => random(Math.min(bytes.length, 700));

const MUTATIONS = [
  (bytes, random) => change(bytes, place(bytes, random), 1 << random(8)),
  (bytes, random) => change(bytes, inHeaders(bytes, random), 1 << random(8)),
  (bytes, random) => set(bytes, place(bytes, random), random(256)),
  (bytes, random) => set(bytes, inHeaders(bytes, random), NOTABLE[random(NOTABLE.length)]),
  (bytes, random) => set(bytes, inHeaders(bytes, random), NOTABLE[random(NOTABLE.length)]),
  (bytes, random) => set(bytes, afterMarker(bytes, random), MARKERS[random(MARKERS.length)]),
  (bytes, random) => startOfFrame(bytes, random),
  (bytes, random) => bytes.slice(0, place(bytes, random)),
  (bytes, random) => joined(bytes.slice(0, place(bytes, random)), bytes.slice(place(bytes, random))),
  (bytes, random, files) => {
    const other = files[random(files.length)];
    return joined(bytes.slice(0, place(bytes, random)), other.slice(random(other.length)));
  },
  (bytes) => joined(bytes, Uint8Array.of(0xff, 0xd9)),
];

function change(bytes, at, bits) {
  bytes[at] ^= bits;
  return bytes;
}

function set(bytes, at, value) {
  bytes[at] = value;
  return bytes;
}

function joined(...parts) {
  return new Uint8Array(Buffer.concat(parts));
}

/** The byte behind some 0xff. */
function afterMarker(bytes, random) {
  const at = bytes.indexOf(0xff, place(bytes, random));
  return at < 0 || at + 1 >= bytes.length ? 0 : at + 1;
}

/** Other sizes, components and sampling factors than the file has. */
function startOfFrame(bytes, random) {
  const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] >= 0xc0 && bytes[i + 1] <= 0xc3);
  if (at < 0) return bytes;
  return set(bytes, Math.min(bytes.length - 1, at + 4 + random(16)), NOTABLE[random(NOTABLE.length)]);
}
