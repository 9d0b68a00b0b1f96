import test from 'ava';
import { FramehubError } from './errors.js';
import type { CameraControl, CameraSettings, CameraStatus } from './hub.js';
import { Histogram } from './metrics.js';
import { isFault, publicError, reportControls, reportSettings, reportStatus } from './reports.js';

const STATUS: CameraStatus = {
  name: 'garage',
  source: '/dev/video0 (Camera)',
  state: 'retrying',
  error: undefined,
  placeholder: undefined,
  format: undefined,
  rendition: {},
  fps: { nominal: undefined, measured: 0 },
  frames: { captured: 0, dropped: {} },
  lastFrameAt: undefined,
  frozenSince: undefined,
  restarts: 2,
  failures: {},
  encodeSeconds: new Histogram([1]).read(),
};

const SETTINGS: CameraSettings = {
  enabled: false,
  size: undefined,
  format: undefined,
  fps: undefined,
  rendition: {},
  profile: undefined,
  profiles: [],
};

const CONTROL: CameraControl = {
  name: 'brightness',
  label: 'Brightness',
  type: 'integer',
  value: 128,
  minimum: 0,
  maximum: 255,
  step: 1,
  default: 128,
  menu: undefined,
  inactive: false,
  readOnly: false,
  volatile: true,
  grabbed: false,
};

test('what a camera does not have is null', (t) => {
  t.deepEqual(reportStatus(STATUS), {
    name: 'garage',
    source: '/dev/video0 (Camera)',
    state: 'retrying',
    error: null,
    placeholder: null,
    format: null,
    fps: { nominal: null, measured: 0 },
    frozenSince: null,
    restarts: 2,
  });
  t.deepEqual(reportSettings(SETTINGS), {
    enabled: false,
    size: null,
    format: null,
    fps: null,
    rotate: 0,
    flip: 'none',
    width: null,
    quality: null,
    profile: null,
    profiles: [],
  });
});

test('an error is reported by code and message, a format by FourCC and size', (t) => {
  const report = reportStatus({
    ...STATUS,
    error: { code: 'CAPTURE_DEVICE_GONE', message: 'plug it in', details: { path: '/dev/video0' } },
    placeholder: 'CAMERA UNPLUGGED',
    format: { fourcc: 'YUYV', width: 640, height: 480, stride: 1280, range: 'limited' },
    frozenSince: 1000,
  });
  t.deepEqual(report.error, { code: 'CAPTURE_DEVICE_GONE', message: 'plug it in' });
  t.deepEqual(report.format, { fourcc: 'YUYV', width: 640, height: 480 });
  t.like(report, { placeholder: 'CAMERA UNPLUGGED', frozenSince: 1000 });
});

test('settings are flat, with the keys of the configuration', (t) => {
  const size = { width: 1280, height: 720 };
  const rendition = { rotate: 90, flip: 'both', width: 640, quality: 70 } as const;
  const rest = { enabled: true, size, format: 'MJPG', fps: 7.5, profile: 'day', profiles: ['day', 'night'] };
  t.deepEqual(reportSettings({ ...rest, rendition }), { ...rest, ...rendition });
});

test('a number that JSON cannot represent is reported as text', (t) => {
  const values = [2n ** 62n, 5n, -(2n ** 53n), 'text', undefined];
  const reports = reportControls(values.map((value) => ({ ...CONTROL, value, minimum: -(2n ** 63n), step: 1n })));
  t.deepEqual(
    reports.map(({ value }) => value),
    ['4611686018427387904', 5, '-9007199254740992', 'text', null],
  );
  t.like(reports[0], { minimum: '-9223372036854775808', step: 1, default: 128, menu: null, volatile: true });
  t.notThrows(() => JSON.stringify(reports));
});

test('a menu is reported with the labels of its items', (t) => {
  const menu = [{ value: 1, label: '50 Hz' }];
  t.deepEqual(reportControls([{ ...CONTROL, menu }])[0]?.menu, menu);
});

test('publicError gives the code and the first line of a FramehubError', (t) => {
  const error = new FramehubError('CAPTURE_OFF', 'camera garage is switched off: switch it on first\nand more');
  t.deepEqual(publicError(error, 'X_INTERNAL'), {
    code: 'CAPTURE_OFF',
    message: 'camera garage is switched off: switch it on first',
  });
  t.false(isFault(error));
});

for (const fault of [new TypeError('/etc/secret is not a function'), 'a text', undefined]) {
  test(`publicError does not reveal the message of an internal error: ${fault}`, (t) => {
    const { code, message } = publicError(fault, 'X_INTERNAL');
    t.is(code, 'X_INTERNAL');
    t.notRegex(message, /secret|text/);
    t.true(isFault(fault));
  });
}
