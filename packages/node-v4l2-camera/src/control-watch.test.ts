import test from 'ava';
import { ControlWatch } from './control-watch.js';
import { DeviceFile } from './device-file.js';

// Tests that need a camera run in the virtual machine: ../vm.
const linux = process.platform === 'linux' ? test : test.skip;

linux('a driver without controls and events cannot be watched, which is not an error', (t) => {
  const file = DeviceFile.open('/dev/null');
  t.is(ControlWatch.start(file), undefined);
  file.close();
});
