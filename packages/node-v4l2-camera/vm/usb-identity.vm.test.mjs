import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { listDevices, listUsbNodes, V4l2Camera } from 'node-v4l2-camera';
import { NOBODY, plugCamera, runAs, setAccess } from '../../../tools/v4l2-vm/rig.mjs';

const sims = [];
const plug = async (options) => {
  sims.push(await plugCamera(options));
  return sims.at(-1);
};
afterEach(async () => {
  for (const sim of sims.splice(0)) await sim.stop();
});

test('two identical cameras are distinguished by their ports', async () => {
  const first = await plug({ serial: '' });
  const second = await plug({ serial: '' });
  const devices = listDevices(assert.ifError);
  assert.deepEqual(
    devices.map(({ path, busInfo, byPath }) => [path, busInfo, byPath]),
    [first, second].map((sim) => [sim.node(), sim.port(), [sim.byPath]]),
  );
  assert.notEqual(first.port(), second.port());
  assert.deepEqual(devices[0].usb, devices[1].usb);
  assert.deepEqual(
    devices.map(({ byId }) => byId),
    [[], [second.path]],
    'the later one has their only by-id link',
  );
});

test('a camera keeps its port when it reconnects under another number', async () => {
  const sim = await plug({ port: 5 });
  const node = sim.node();
  const held = V4l2Camera.open(node);
  await sim.unplug();
  await sim.plug();
  assert.notEqual(sim.node(), node);
  const [device] = listDevices(assert.ifError);
  assert.deepEqual([device.path, device.busInfo], [sim.node(), sim.port()]);
  held.close();
});

test('makers and models are identified by USB ids', async () => {
  await plug({ vid: '046d', pid: '0825', serial: 'C3' });
  const [{ usb }] = listDevices(assert.ifError);
  assert.deepEqual(usb, { vendorId: '046d', productId: '0825', serial: 'C3' });
});

test('sysfs reports the same ids and ports as the driver, without opening the camera', async () => {
  await plug({ serial: 'A1', port: 2 });
  await plug({ serial: '', port: 5 });
  const devices = listDevices(assert.ifError);
  const nodes = listUsbNodes();
  for (const { path, busInfo, usb } of devices)
    assert.deepEqual(
      nodes.find((node) => node.path === path),
      { path, busInfo, usb },
    );
  assert.equal(nodes.length, 2 * devices.length, 'each has a node for metadata, too');
});

test('the permissions of its node decide who may open a camera', async () => {
  const sim = await plug();
  const open = `import { V4l2Camera } from '${import.meta.resolve('node-v4l2-camera')}';
    try { console.log(V4l2Camera.open('${sim.node()}').info.card); } catch ({ code }) { console.log(code); }`;
  const asNobody = () => runAs(NOBODY, process.execPath, '--input-type=module', '-e', open).trim();
  setAccess(sim.node(), { mode: 0o660 });
  assert.equal(asNobody(), 'EACCES');
  setAccess(sim.node(), { mode: 0o660, gid: NOBODY.gid });
  assert.equal(asNobody(), 'Simulated Camera');
});
