import test from 'ava';
import { programs, using } from '../using-camera.test.helper.js';
import { until } from '../watch-state.test.helper.js';

const at = (file: string): string => new URL(file, import.meta.url).href;

/** A thread's program whose source is this one, as long as nobody has thrown anything. `fault()` makes what is thrown. */
const program = (parts: string, thrown: string): string => `
  import { FileSource } from '${at('../sources/file/file-source.js')}';
  import { FramehubError } from '${import.meta.resolve('@framehub/frame')}';
  const fault = () => (${thrown});
  FileSource.open = async (_options, host) => {
    const source = { expecting: true, lively: false, demand() {}, close: async () => {}, ${parts} };
    host.opened({ label: 'x', fps: 50 });
    const format = { fourcc: 'GREY', width: 16, height: 16, stride: 16, range: 'full' };
    const frame = { bytes: new Uint8Array(256), format, sequence: host.firstSequence, capturedAt: Date.now() };
    source.timer ??= setInterval(() => host.frame(frame), 20);
    const { close } = source;
    source.close = async () => {
      clearInterval(source.timer);
      await close();
    };
    return source;
  };
  await import('${at('./main.js')}');
`;

const RANGE_ERROR = 'new RangeError("broken inside")';

interface Seen {
  readonly code: string | undefined;
  readonly message: string;
  readonly details: unknown;
  /** What was logged at level error. */
  readonly faults: readonly string[];
}

/** What becomes of a camera whose first thread has such a source. The second one is in order. */
async function seen(parts: string, thrown = RANGE_ERROR): Promise<Seen> {
  const faults: string[] = [];
  const logger = { debug() {}, info() {}, warn() {}, error: (_: object, message: string) => void faults.push(message) };
  let result: Seen | undefined;
  await using(
    { source: { type: 'file', path: '/x' } },
    async (camera) => {
      camera.open();
      const { error } = await until(camera, (status) => status.error !== undefined);
      await until(camera, ({ state }) => state === 'live');
      result = { code: error?.code, message: error?.message ?? '', details: error?.details, faults };
    },
    programs([program(parts, thrown), program('', RANGE_ERROR)]),
    logger,
  );
  return result as Seen;
}

for (const [where, parts] of [
  ['by a timer', 'demand() { setTimeout(() => { throw fault(); }); }'],
  ['by a turn of the event loop', 'demand() { setImmediate(() => { throw fault(); }); }'],
  ['by a microtask', 'demand() { queueMicrotask(() => { throw fault(); }); }'],
  ['by nobody, but rejected', 'demand() { Promise.reject(fault()); }'],
  [
    "by a stream's listener",
    "async demand() { (await import('node:stream')).Readable.from(['x']).on('data', () => { throw fault(); }); }",
  ],
  [
    'by an error event that nobody hears',
    "demand() { import('node:events').then(({ EventEmitter }) => new EventEmitter().emit('error', fault())); }",
  ],
  ['by the source when demand begins or ends', 'demand() { throw fault(); }'],
  ['by the source when it is asked whether frames are due', 'get expecting() { throw fault(); }'],
  ['while it is opened', 'timer: (() => { throw fault(); })()'],
  ['while it is opened, beside it', 'timer: (setTimeout(() => { throw fault(); }), 0)'],
  ['to the host', 'timer: (setTimeout(() => host.fail(fault())), 0)'],
  ['to the host, at once', 'timer: (host.fail(fault()), 0)'],
] as const) {
  test.serial(`what is thrown ${where} is the camera's failure, with its reason`, async (t) => {
    const { code, message, faults } = await seen(parts);
    t.is(code, 'CAPTURE_INTERNAL');
    t.regex(message, /RangeError: broken inside/);
    t.regex(faults[0] ?? '', /RangeError: broken inside.*\(thrown at .*data:text.*:\d+/);
  });
}

for (const [thrown, reason] of [
  ['undefined', /undefined/],
  ['null', /null/],
  ['"a text"', /a text/],
  ['Symbol("sign")', /Symbol\(sign\)/],
  ['Object.create(null)', /null prototype/],
  ['{ get message() { throw 1; }, get code() { throw 2; }, toString() { throw 3; } }', /Getter/],
  ['new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; }, has() { throw 3; } })', /./],
  ['Object.assign(new Error("one\\ntwo\\u0000"), { stack: undefined })', /Error: one two ;/],
  ['Object.defineProperty(new Error(), "message", { get() { throw 1; } })', /cannot be shown/],
  ['new Error("x".repeat(100000))', /^.{0,500}$/],
  ['new FramehubError("OTHER_CODE", "not ours")', /not ours/],
  ['Object.assign(new Error("own code"), { code: "CAPTURE_STALLED" })', /own code/],
] as const) {
  test.serial(`anything may be thrown, such as ${thrown}`, async (t) => {
    for (const parts of ['timer: (setTimeout(() => host.fail(fault())), 0)', 'demand() { throw fault(); }']) {
      const { code, message } = await seen(parts, thrown);
      t.is(code, 'CAPTURE_INTERNAL');
      t.regex(message, reason);
    }
  });
}

test.serial('an error of this package stays what it is, and is no fault of framehub', async (t) => {
  const thrown = 'new FramehubError("CAPTURE_FILE_MISSING", "there is none", { path: "x" })';
  t.like(await seen('demand() { throw fault(); }', thrown), {
    code: 'CAPTURE_FILE_MISSING',
    message: 'there is none',
    details: { path: 'x' },
    faults: [],
  });
});

test.serial('details that cannot cross threads are left out', async (t) => {
  const thrown = 'new FramehubError("CAPTURE_FILE_MISSING", "there is none", { path() {} })';
  t.like(await seen('demand() { throw fault(); }', thrown), { code: 'CAPTURE_FILE_MISSING', details: {} });
});

test.serial('what is thrown at the end is logged, and the thread ends all the same', async (t) => {
  const close = 'async close() { throw fault(); }';
  const { code, faults } = await seen(`demand() { throw fault(); }, ${close}`);
  t.is(code, 'CAPTURE_INTERNAL');
  t.is(faults.length, 2);
});

test.serial('a source that throws again and again is logged a few times', async (t) => {
  const { faults } = await seen('demand() { setInterval(() => { throw fault(); }, 1); }');
  t.true(faults.length >= 1 && faults.length <= 5, `${faults.length}`);
});

test.serial('a request rejects with what was thrown, and the camera goes on', async (t) => {
  const controls = 'controls: { list() { throw fault(); } }, demand() {}';
  await using(
    { source: { type: 'file', path: '/x' } },
    async (camera) => {
      camera.open();
      await until(camera, ({ state }) => state === 'live');
      await t.throwsAsync(camera.controls(), { code: 'CAPTURE_INTERNAL', message: /broken inside/ });
      t.is(camera.status().state, 'live');
    },
    programs([program(controls, RANGE_ERROR)]),
  );
});
