import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, realpathSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { NOBODY, plugCamera, setAccess } from '../../../tools/v4l2-vm/rig.mjs';
import { startThread } from './thread.mjs';

const LIMIT = { timeout: 180_000 };
const SMALL = { fourcc: 'YUYV', size: { width: 320, height: 240 } };

/** What was plugged in and started, to be put away after each test. */
const cameras = [];
const threads = [];
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.stop();
  for (const sim of cameras.splice(0)) await sim.stop();
});

async function plug(options) {
  const sim = await plugCamera(options);
  cameras.push(sim);
  return sim;
}

/** Out of its port for good. */
async function pullOut(sim) {
  cameras.splice(cameras.indexOf(sim), 1);
  await sim.stop();
}

/** What is remembered of a camera after a thread. */
const lastSeen = ({ messages }) => messages.findLast(({ seen }) => seen).seen;

/** How a camera of this name begins: with `opened` or with `failed`. */
async function begin(device, seen) {
  const thread = startThread({ device, ...SMALL }, { seen });
  threads.push(thread);
  return { thread, ...(await thread.begun) };
}

async function nodeOf(device, seen) {
  const { thread, type, label, error } = await begin(device, seen);
  assert.equal(type, 'opened', error?.message);
  await thread.stop();
  return label.replace(/ \(.*/, '');
}

test('a camera is found by each of its names', LIMIT, async () => {
  const [a, b] = [await plug({ serial: 'A1' }), await plug({ serial: 'B2', product: 'Other Camera', pid: '0002' })];
  for (const sim of [a, b]) {
    const [serial, pid] = sim === a ? ['A1', '0001'] : ['B2', '0002'];
    for (const name of [`usb:1209:${pid}`, `usb:1209:${pid}:${serial}`, `serial:${serial}`, `port:${sim.port()}`])
      assert.equal(await nodeOf(name), sim.node(), name);
    for (const name of [sim.path, sim.byPath, sim.path.replace(/.*\//, '')])
      assert.equal(realpathSync(await nodeOf(name)), sim.node(), name);
  }
  const [first, second] = [a.node(), b.node()].sort();
  assert.deepEqual([await nodeOf('0'), await nodeOf('1')], [first, second]);
});

test('a camera that is not there is named, with those that are', LIMIT, async () => {
  const sim = await plug({ serial: 'A1' });
  const { error } = await begin('serial:B2');
  assert.equal(error.code, 'CAPTURE_DEVICE_GONE');
  assert.match(error.message, new RegExp(`serial:B2 is not there.*connected: port:${sim.port()} \\(Simulated Camera`));
});

test('two cameras that are alike in all are told apart by their ports', LIMIT, async () => {
  const [a, b] = [await plug({ serial: '' }), await plug({ serial: '' })];
  const { error } = await begin('usb:1209:0001');
  assert.equal(error.code, 'CAPTURE_DEVICE_AMBIGUOUS');
  for (const sim of [a, b]) {
    assert.ok(error.message.includes(`port:${sim.port()}`));
    assert.equal(await nodeOf(`port:${sim.port()}`), sim.node());
  }
});

for (const named of ['by its node', 'by its number']) {
  test(`a camera that is named ${named} is found again under another one`, LIMIT, async () => {
    const sim = await plug({ serial: '' });
    const before = sim.node();
    const name = named === 'by its node' ? before : '0';
    const { thread, seen } = await begin(name);
    assert.equal(seen.port, sim.port());
    // Somebody holds the old node, so its number is not given out again.
    const holder = openSync(before, 'r');
    await sim.unplug();
    assert.equal((await thread.failed).error.code, 'CAPTURE_DEVICE_GONE');
    await thread.exited;
    assert.equal((await begin(name, seen)).error.code, 'CAPTURE_DEVICE_GONE');
    await sim.plug();
    assert.notEqual(sim.node(), before);
    assert.equal(await nodeOf(name, seen), sim.node());
    closeSync(holder);
  });
}

for (const named of ['by its node', 'by its number']) {
  test(
    `a camera without serial number that is named ${named} is known in the port where it comes while it is missing`,
    LIMIT,
    async () => {
      const sim = await plug({ serial: '', port: 1 });
      const name = named === 'by its node' ? sim.node() : '0';
      const { thread } = await begin(name);
      await pullOut(sim);
      assert.equal((await thread.failed).error.code, 'CAPTURE_DEVICE_GONE');
      await thread.exited;
      const missing = await begin(name, lastSeen(thread));
      assert.equal(missing.error.code, 'CAPTURE_DEVICE_GONE');
      const moved = await plug({ serial: '', port: 4 });
      const { thread: again, label, seen } = await begin(name, lastSeen(missing.thread));
      assert.equal(realpathSync(label.replace(/ \(.*/, '')), moved.node());
      assert.equal(seen.port, moved.port());
      await again.stop();
    },
  );

  test(`of two equal cameras, the one that is named ${named} is not taken for the other`, LIMIT, async () => {
    const [ours, other] = [await plug({ serial: '', port: 1 }), await plug({ serial: '', port: 2 })];
    const name = named === 'by its node' ? ours.node() : '0';
    const { thread, seen } = await begin(name);
    assert.equal(seen.port, ours.port());
    assert.deepEqual(seen.others, [other.port()]);
    await pullOut(ours);
    await thread.exited;
    let last = lastSeen(thread);
    for (let look = 0; look < 3; look++) {
      const { thread: next, error } = await begin(name, last);
      assert.equal(error.code, 'CAPTURE_DEVICE_GONE');
      last = lastSeen(next);
    }
    // Both lose their power, and the other one is back first.
    await other.unplug();
    const { thread: next } = await begin(name, last);
    await other.plug();
    assert.equal((await begin(name, lastSeen(next))).error.code, 'CAPTURE_DEVICE_GONE');
    const moved = await plug({ serial: '', port: 4 });
    assert.equal(realpathSync(await nodeOf(name, lastSeen(next))), moved.node());
  });
}

test('another camera that gets the node of ours is not taken for it', LIMIT, async () => {
  const ours = await plug({ serial: 'A1' });
  const node = ours.node();
  const { thread, seen } = await begin(node);
  await thread.stop();
  await ours.unplug();
  const other = await plug({ serial: 'B2', port: 5 });
  assert.equal(other.node(), node, 'the number is given out again');
  const { error } = await begin(node, seen);
  assert.equal(error.code, 'CAPTURE_DEVICE_GONE');
  assert.match(error.message, new RegExp(`${node} belongs to another camera now \\(port:${other.port()}`));
  await ours.plug();
  assert.equal(await nodeOf(node, seen), ours.node());
});

test('a camera with a serial number is known in another port', LIMIT, async () => {
  const ours = await plug({ serial: 'A1', port: 1 });
  const node = ours.node();
  const { thread, seen } = await begin(node);
  await thread.stop();
  await pullOut(ours);
  const other = await plug({ serial: 'B2', port: 2 });
  const moved = await plug({ serial: 'A1', port: 3 });
  assert.equal(other.node(), node);
  assert.equal(await nodeOf(node, seen), moved.node());
});

test('of a link that equal cameras share, the one is meant that it was', LIMIT, async () => {
  const ours = await plug({ serial: 'SAME' });
  const { thread, seen } = await begin(ours.path);
  await thread.stop();
  const later = await plug({ serial: 'SAME' });
  assert.equal(later.path, ours.path);
  assert.equal(realpathSync(ours.path), later.node(), 'the link leads to the later one');
  assert.equal(realpathSync(await nodeOf(ours.path, seen)), ours.node());
});

test('such a link, when the one that it meant is pulled out, does not mean the other', LIMIT, async () => {
  const ours = await plug({ serial: 'SAME', port: 1 });
  const other = await plug({ serial: 'SAME', port: 2 });
  // The link leads to the one that came last; ours is what was seen under it.
  const { thread, seen } = await begin(`port:${ours.port()}`);
  await thread.stop();
  const known = { ...seen, others: [other.port()] };
  await pullOut(ours);
  const { error } = await begin(other.path, known);
  assert.equal(error.code, 'CAPTURE_DEVICE_GONE');
  const back = await plug({ serial: 'SAME', port: 1 });
  const { label, seen: again, thread: next } = await begin(other.path, known);
  assert.equal(realpathSync(label.replace(/ \(.*/, '')), back.node());
  assert.deepEqual(again.others, [other.port()]);
  await next.stop();
});

test('one camera of this process that has the device of another one says so', LIMIT, async () => {
  const sim = await plug({ serial: 'A1' });
  const { thread } = await begin('serial:A1');
  thread.watch();
  await thread.frame();
  const { error } = await begin(sim.node());
  assert.equal(error.code, 'CAPTURE_DEVICE_BUSY');
  assert.match(error.message, /by another camera of this framehub/);
});

test('a camera that may not be opened is not one that is gone', LIMIT, async () => {
  const sim = await plug({ serial: 'A1' });
  setAccess(sim.node(), { mode: 0o600 });
  const program = `
    const { startThread } = await import(${JSON.stringify(new URL('./thread.mjs', import.meta.url).href)});
    const { error } = await startThread({ device: process.argv[1] }).begun;
    console.log(error.code, error.message);`;
  for (const name of ['serial:A1', 'usb:1209:0001', '0', sim.node()]) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, name], {
      ...NOBODY,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    await once(child, 'close');
    assert.match(printed, new RegExp(`^CAPTURE_NO_PERMISSION ${sim.node()} may not be opened`), name);
  }
});
