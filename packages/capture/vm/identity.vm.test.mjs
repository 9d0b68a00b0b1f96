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
  assert.match(error.message, new RegExp(`${node} is another camera now \\(port:${other.port()}`));
  await ours.plug();
  assert.equal(await nodeOf(node, seen), ours.node());
});

test('a camera with a serial number is known in another port', LIMIT, async () => {
  const ours = await plug({ serial: 'A1', port: 1 });
  const node = ours.node();
  const { thread, seen } = await begin(node);
  await thread.stop();
  cameras.splice(cameras.indexOf(ours), 1);
  await ours.stop();
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
