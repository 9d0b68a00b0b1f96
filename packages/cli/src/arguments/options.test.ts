import { type FramehubError, silentLogger } from '@framehub/frame';
import test from 'ava';
import { Command } from 'commander';
import { expandArguments } from './expand.js';
import { addServeOptions, type ServeOptionValues } from './options.js';
import { requestOf } from './to-config.js';

function read(...words: string[]): ServeOptionValues {
  const command = addServeOptions(new Command('serve'));
  return command.parse(expandArguments(command, words), { from: 'user' }).opts();
}

const request = (...words: string[]) => requestOf(read(...words));
const camera = (...words: string[]) => request('--camera', 'pattern', ...words).config.cameras.camera0;

test('defaults: port 8090 on all addresses, 1000 viewers, no password, no camera named', (t) => {
  const { config, required } = request();
  t.like(config.http, { port: 8090, host: '0.0.0.0', maxViewers: 1000, cors: '*' });
  t.is(config.http.authFile, undefined);
  t.deepEqual(config.cameras, {});
  t.true(required);
});

test("sizes by number are those of usbStream's README", (t) => {
  const expected = [
    '3280x2464',
    '2048x1080',
    '1920x1800',
    '1640x1232',
    '1280x720',
    '800x600',
    '720x480',
    '640x480',
    '320x240',
  ];
  for (const [index, size] of expected.entries()) {
    t.deepEqual(camera('-size', `${index}`)?.size, camera('--size', size)?.size, size);
  }
});

test("formats are known by usbStream's names too", (t) => {
  t.is(camera('-format', 'YUY2')?.format, 'YUYV');
  t.is(camera('-format', 'mjpeg')?.format, 'MJPG');
  t.is(camera('-format', 'BGR3')?.format, 'BGR3');
});

test('options of a camera hold for every camera of the command line', (t) => {
  const { cameras } = request('--camera', 'a=pattern', '--camera', 'pattern', '--rotate', '90', '--idle', '5s').config;
  t.deepEqual(Object.keys(cameras), ['a', 'camera1']);
  for (const settings of Object.values(cameras)) t.like(settings, { rotate: 90, idle: 5000 });
});

test('--idle without a unit is a number of seconds, with a warning', (t) => {
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (_: object, message: string) => void warnings.push(message) };
  const { cameras } = requestOf(read('--camera', 'pattern', '-idle', '60'), logger).config;
  t.is(cameras.camera0?.idle, 60_000);
  t.deepEqual(warnings, ['--idle needs a unit: write 60s instead of 60']);
});

test("usbStream's -framerate is --fps, with one dash or two", (t) => {
  for (const words of [['-framerate', '7'], ['--framerate=7'], ['-fps', '7']]) t.is(camera(...words)?.fps, 7);
});

test('without a camera named, they hold for the one that is found', (t) => {
  t.like(request('--rotate', '90', '--framerate', '15').unnamed, { rotate: 90, fps: 15 });
});

test('controls are given by name: numbers, switches, and items of a menu by their text', (t) => {
  const given = [
    'brightness=120',
    'focus_absolute=-3',
    'focus_automatic_continuous=false',
    'power_line_frequency=50 Hz',
  ];
  t.deepEqual(camera(...given.flatMap((control) => ['--control', control]))?.controls, {
    brightness: 120,
    focus_absolute: -3,
    focus_automatic_continuous: false,
    power_line_frequency: '50 Hz',
  });
});

test('a warm-up in frames or as a time, and what to do on a full bus', (t) => {
  t.deepEqual(camera('--warmup', '5')?.warmup, { frames: 5 });
  t.deepEqual(camera('-warmup', '1.5s')?.warmup, { milliseconds: 1500 });
  t.is(camera('--on-no-bandwidth', 'fallback')?.onNoBandwidth, 'fallback');
});

test('foreign pages: all, none, or a list', (t) => {
  const cors = (value: string) => request('--cors', value).config.http.cors;
  t.is(cors('*'), '*');
  t.is(cors('none'), false);
  t.is(cors('false'), false);
  t.deepEqual(cors('http://a.local,https://b.local:8080'), ['http://a.local', 'https://b.local:8080']);
  const proxies = request('--trusted-proxies', '127.0.0.1, fd00::/8').config.http.trustedProxies;
  t.deepEqual(proxies, ['127.0.0.1', 'fd00::/8']);
});

const refused: readonly [string[], RegExp][] = [
  [['-size', '99'], /^--size must be a number from 0 to 8, or WIDTHxHEIGHT such as 1280x720, not 99$/],
  [['-size', '9'], /must be a number from 0 to 8/],
  [['-size', '1280x'], /must be a number from 0 to 8/],
  [['-size', '1x1'], /must be a number from 0 to 8/],
  [['-framerate', '0'], /^--fps must be a number above 0, up to 240, not 0$/],
  [['-framerate', 'fast'], /^--fps must be a number/],
  [['-rotate', '45'], /^--rotate must be 0, 90, 180 or 270, not 45$/],
  [['-port', '99999'], /^--port must be a whole number from 0 to 65535, not 99999$/],
  [['-port', '80.5'], /^--port must be a whole number/],
  [['-format', 'H264'], /^--format must be one of MJPG, JPEG, YUYV, .*, not H264$/],
  [['-flip', 'left'], /^--flip must be none, horizontal, vertical or both, not left$/],
  [['-quality', '0'], /^--quality must be a whole number from 1 to 100, not 0$/],
  [['-idle', 'soon'], /^--idle must be a time with its unit from 0ms to 30d, .*, or never, not soon$/],
  [['-manexp', 'on'], /^--manexp must be a number, not on$/],
  [['-camera', ''], /^--camera must be a camera's number/],
  [['-camera', 'x'], /^--camera must be a camera's number/],
  [['-camera', '7=pattern'], /^the name in --camera must be letters, digits, - and _, not digits only, not 7$/],
  [
    ['-camera', 'constructor=pattern'],
    /^the name in --camera must be letters, .* every JavaScript object .*, not constructor$/,
  ],
  [
    ['-camera', '__proto__=pattern'],
    /^the name in --camera must be letters, .* every JavaScript object .*, not __proto__$/,
  ],
  [['-camera-user', ''], /^--camera-user must be a name, not ''$/],
  [['-camera', 'usb:46d:825'], /must be .*usb:VENDOR:PRODUCT/],
  [['-camera', 'pattern:9x9'], /must be .*pattern/],
  [['-control', 'brightness'], /^--control must be NAME=VALUE, /],
  [['-warmup', 'soon'], /^--warmup must be frames from 0 to 1000, or a time/],
  [['-on-no-bandwidth', 'cry'], /^--on-no-bandwidth must be wait or fallback, not cry$/],
  [['--trusted-proxies', 'localhost'], /^--trusted-proxies must be an address such as/],
  [['-cors', 'printer'], /^--cors must be \*, false, or a list of origins/],
  [['-log-level', 'loud'], /^--log-level must be debug, info, warn, error or silent, not loud$/],
  [['-codec', 'best'], /^--codec must be auto, turbo or portable, not best$/],
  [['-max-viewers', '0'], /^--max-viewers must be a whole number from 1 to 100000, not 0$/],
  [['-port'], /^-port needs a value: TCP port to listen on/],
  [['-port', '--host', '::1'], /^-port needs a value: TCP port to listen on/],
  [['-port', '1', 'garage'], /^'garage' is not an option: options begin with a dash$/],
  [['-portt', '1'], /^there is no option -portt: did you mean -port\?$/],
  [['--xyzzy'], /^there is no option --xyzzy: see 'framehub --help'$/],
];

for (const [words, message] of refused) {
  test(`refused: ${words.join(' ')}`, (t) => {
    t.throws(() => read(...words), { code: 'CLI_USAGE', message });
  });
}

test('user and password file hold for the cameras of the command line that have an address', (t) => {
  const own = ['--camera-user', 'ann', '--camera-password-file', 'secret'];
  const { cameras } = request('--camera', 'door=http://door/', '--camera', 'a=pattern', ...own).config;
  t.like(cameras.door, { username: 'ann', passwordFile: 'secret' });
  t.like(cameras.a, { username: undefined, passwordFile: undefined });
  for (const words of [own, ['--camera', 'pattern', ...own]])
    t.throws(() => request(...words), { code: 'CLI_USAGE', message: /^--camera-user needs a camera with an address/ });
  t.throws(() => request('--camera-password-file', 'x'), { message: /^--camera-password-file needs a camera/ });
});

test('a password in an address is not repeated in a message', (t) => {
  const error = t.throws(() => read('--camera', 'ftp://SECRET:SECRET@host/SECRET?SECRET#SECRET')) as FramehubError;
  t.notRegex(JSON.stringify(error), /SECRET/);
  const others = [['http://SECRET@host/SECRET'], ['--mqtt', 'mqtt:SECRET:SECRET@host'], ['--http://a/SECRET=1']];
  for (const words of others) t.throws(() => read(...words), { message: /^(?!.*SECRET)/ }, words.join(' '));
  t.throws(() => read('--camera', 'ftp://me:secret@host/'), { message: /^(?!.*secret)/ });
  t.throws(() => read('--camera', 'http://me:a secret/with@host:port/'), { message: /^(?!.*secret)/ });
});

test('two cameras of one name are refused', (t) => {
  t.throws(() => request('--camera', 'a=pattern', '--camera', 'a=0'), {
    code: 'CLI_USAGE',
    message: /^two cameras are named a: /,
  });
});
