import test from 'ava';
import { ControlWatch } from './control-watch.js';
import { DeviceFile } from './device-file.js';

// What needs a camera is tested in the virtual machine: ../vm.
const linux = process.platform === 'linux' ? test : test.skip;

linux('a driver that knows nothing of controls and events is not watched, and that is no error', (t) => {
  const file = DeviceFile.open('/dev/null');
  t.is(ControlWatch.start(file), undefined);
  file.close();
});
