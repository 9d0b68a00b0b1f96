import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../temporary-folder.fixture.js';
import { loadConfig } from './load.js';
import { configJsonSchema } from './schema.js';

const folder = temporaryFolder('config');

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const full = `
cameras:
  garage:
    source: /dev/video0
    size: 1280x720
    rotate: 180
    controls: { brightness: 120, auto_focus: false }
  door:
    source: http://door.local/stream
    fps: 5
    idle: 30s
http:
  port: 8080
  authFile: users
log:
  file: /var/log/framehub.log
`;

test('YAML, with several cameras in their order, and defaults for the rest', (t) => {
  const { cameras, http, encoder, log } = loadConfig(file('full.yaml', full));
  t.deepEqual(Object.keys(cameras), ['garage', 'door']);
  t.like(cameras.garage, {
    rotate: 180,
    size: { width: 1280, height: 720 },
    controls: { brightness: 120, auto_focus: false },
  });
  t.like(cameras.door, { fps: 5, idle: 30_000, flip: 'none' });
  t.like(http, { port: 8080, host: '0.0.0.0' });
  t.like(encoder, { codec: 'auto', quality: 80 });
  t.is(log.level, 'info');
});

test('profiles, warm-up, and what to do without bandwidth', (t) => {
  const text = `
cameras:
  garage:
    source: port:usb-0000:00:14.0-1
    controls: { power_line_frequency: 50 Hz }
    profiles:
      day: { auto_exposure: Aperture Priority Mode }
      night: { exposure_time_absolute: 2000, backlight_compensation: true }
    profile: night
    warmup: 1.5s
    onNoBandwidth: fallback
  door: { source: 'serial:6A2B', warmup: 5, enabled: false }
`;
  const { garage, door } = loadConfig(file('profiles.yaml', text)).cameras;
  t.like(garage, {
    source: { type: 'v4l2', device: 'port:usb-0000:00:14.0-1' },
    controls: { power_line_frequency: '50 Hz' },
    profiles: {
      day: { auto_exposure: 'Aperture Priority Mode' },
      night: { exposure_time_absolute: 2000, backlight_compensation: true },
    },
    profile: 'night',
    warmup: { milliseconds: 1500 },
    onNoBandwidth: 'fallback',
    enabled: true,
  });
  t.like(door, { warmup: { frames: 5 }, onNoBandwidth: 'wait', profiles: {}, enabled: false });
  const warmup = (value: string) =>
    loadConfig(file('warmup.yaml', `cameras: { a: { source: 0, warmup: ${value} } }`)).cameras.a?.warmup;
  t.deepEqual(warmup('500ms'), { milliseconds: 500 });
  t.deepEqual(warmup('0s'), { frames: 0 });
  t.deepEqual(warmup('"5"'), { frames: 5 });
});

test('relative paths are relative to the file', (t) => {
  const { http, log, cameras } = loadConfig(file('paths.yaml', `${full}\n`.replace('/dev/video0', 'file:frames')));
  t.is(http.authFile, join(folder, 'users'));
  t.is(log.file, '/var/log/framehub.log');
  t.deepEqual(cameras.garage?.source, { type: 'file', path: join(folder, 'frames') });
});

test('user and password of a camera with an address; the file is relative to this one', (t) => {
  const text = 'cameras:\n  door: { source: http://door.local/, username: ann, passwordFile: door-password }';
  t.like(loadConfig(file('password.yaml', text)).cameras.door, {
    source: { type: 'http', url: 'http://door.local/' },
    username: 'ann',
    passwordFile: join(folder, 'door-password'),
  });
});

test('JSON, with tabs', (t) => {
  const { cameras } = loadConfig(file('x.json', '{\n\t"cameras": {\n\t\t"a": { "source": 0, "size": 4 }\n\t}\n}'));
  t.like(cameras.a, { source: { type: 'v4l2', device: '0' }, size: { width: 1280, height: 720 } });
});

test('an empty file is an empty configuration', (t) => {
  t.deepEqual(loadConfig(file('empty.yaml', '')).cameras, {});
  t.deepEqual(loadConfig(file('comment.yaml', '# nothing yet\n')).cameras, {});
});

const refused: readonly [string, string, RegExp][] = [
  [
    'a bad value',
    'cameras:\n  a:\n    source: 0\n    rotate: 45',
    /:4:13: cameras\.a\.rotate must be 0, 90, 180 or 270, not 45$/,
  ],
  [
    'a value of the wrong type',
    'http:\n  port: eighty',
    /:2:9: http\.port must be a whole number from 0 to 65535, not eighty$/,
  ],
  ['a number in quotes', 'http:\n  port: "80"', /:2:9: http\.port must be a whole number.*, not "80"$/],
  ['control characters', 'http: "\\e[2J\\a"', /:1:7: http must be an object with keys .*, not {2}\[2J $/],
  ['an alias of nothing', 'log: &log {}\nhttp: *lgo', /:2:7: Unresolved alias \(the anchor must be set/],
  ['two documents', '---\nlog: {}\n---\nhttp: {}\n', /:3:1: a second document begins/],
  [
    'a list for settings',
    'http: [1]',
    /:1:7: http must be an object with keys such as host, port or authFile, not \[1\]$/,
  ],
  [
    'a misspelled key',
    'cameras:\n  a:\n    source: 0\n    rotat: 90',
    /:4:5: unknown key cameras\.a\.rotat: did you mean rotate\?$/,
  ],
  ['an unknown key', 'htpp:\n  port: 1', /:1:1: unknown key htpp: did you mean http\?$/],
  ['an unknown key like none', 'zzz: 1', /:1:1: unknown key zzz: the keys are cameras, http, mqtt, encoder, log$/],
  [
    'a camera without a source',
    'cameras:\n  a:\n    rotate: 90',
    /:3:5: cameras\.a\.source is missing: it must be a camera's number/,
  ],
  [
    'an impossible source',
    'cameras:\n  a: { source: rtsp://me:secret@x/ }',
    /:2:16: cameras\.a\.source must be a camera's number.*, not rtsp:\/\/…@x\/$/,
  ],
  [
    'a camera name of digits',
    'cameras:\n  7: { source: 0 }',
    /:2:3: a name in cameras must be letters, digits, - and _, not digits only, not 7$/,
  ],
  [
    'a bad control',
    'cameras:\n  a:\n    source: 0\n    controls:\n      gain: 1.5',
    /:5:13: cameras\.a\.controls\.gain must be a whole number, true, false, or a text .*, not 1\.5$/,
  ],
  [
    'a bad size',
    'cameras:\n  a:\n    source: 0\n    size: 12',
    /:4:11: cameras\.a\.size must be a number from 0 to 8, .*, not 12$/,
  ],
  [
    'a profile that is not there',
    'cameras:\n  a:\n    source: 0\n    profiles: { day: {}, night: {} }\n    profile: dusk',
    /:5:14: cameras\.a\.profile must be day or night, not dusk$/,
  ],
  [
    'a profile where there are none',
    'cameras:\n  a: { source: 0, profile: day }',
    /:2:28: cameras\.a\.profile must be .*there are none\), not day$/,
  ],
  [
    'a bad control of a profile',
    'cameras:\n  a:\n    source: 0\n    profiles:\n      day: { gain: [] }',
    /:5:20: cameras\.a\.profiles\.day\.gain must be .*, not \[\]$/,
  ],
  [
    'a profile with an odd name',
    'cameras:\n  a:\n    source: 0\n    profiles:\n      late night: {}',
    /:5:7: a name in cameras\.a\.profiles must be letters, digits, - and _, not late night$/,
  ],
  ...['1.5', '-1', 'soon', '2h', '61s', '1001'].map(
    (warmup) =>
      [
        `a warm-up of ${warmup}`,
        `cameras:\n  a: { source: 0, warmup: ${warmup} }`,
        /:2:27: cameras\.a\.warmup must be frames from 0 to 1000, or a time up to 60s such as 1.5s or 500ms, not .*$/,
      ] as [string, string, RegExp],
  ),
  [
    'something else to do without bandwidth',
    'cameras:\n  a: { source: 0, onNoBandwidth: cry }',
    /:2:34: cameras\.a\.onNoBandwidth must be wait or fallback, not cry$/,
  ],
  ...['pattern', '0', 'file:frames'].flatMap((source) =>
    [
      ['a user', 'username: ann'],
      ['a password', 'passwordFile: x'],
    ].map(
      ([what, key]) =>
        [
          `${what} of ${source}`,
          `cameras:\n  a:\n    source: ${source}\n    ${key}`,
          /:4:\d+: cameras\.a\.\w+: only a camera with an address/,
        ] as [string, string, RegExp],
    ),
  ),
  ...Object.getOwnPropertyNames(Object.prototype)
    .filter((name) => name !== '__proto__')
    .map(
      (name) =>
        [
          `a camera named ${name}`,
          `cameras:\n  ${name}: { source: 0 }`,
          /:2:3: a name in cameras must be letters, .*, except the names that every JavaScript object has .*, not \w+$/,
        ] as [string, string, RegExp],
    ),
  [
    'a profile named constructor',
    'cameras:\n  a:\n    source: 0\n    profiles:\n      constructor: {}',
    /:5:7: a name in cameras\.a\.profiles must be .*, not constructor$/,
  ],
  ['__proto__ at the top', '__proto__: { port: 1 }', /:1:1: unknown key __proto__: the keys are cameras, http/],
  [
    'a camera named __proto__',
    'cameras:\n  a: { source: 0 }\n  __proto__: { source: 0 }',
    /:3:3: unknown key cameras\.__proto__$/,
  ],
  ['the same in JSON', '{"cameras": {"__proto__": {"source": 0}}}', /:1:14: unknown key cameras\.__proto__$/],
  [
    'a control named __proto__',
    'cameras:\n  a:\n    source: 0\n    controls:\n      gain: 1\n      __proto__: 1',
    /:6:7: unknown key cameras\.a\.controls\.__proto__$/,
  ],
  [
    'a profile named __proto__',
    'cameras:\n  a:\n    source: 0\n    profiles:\n      __proto__: { gain: 1 }',
    /:5:7: unknown key cameras\.a\.profiles\.__proto__$/,
  ],
  [
    'a control of a profile named __proto__',
    'cameras:\n  a:\n    source: 0\n    profiles:\n      day:\n        __proto__: 1',
    /:6:9: unknown key cameras\.a\.profiles\.day\.__proto__$/,
  ],
  [
    'a setting named __proto__',
    'cameras:\n  a:\n    source: 0\n    __proto__: 1',
    /:4:5: unknown key cameras\.a\.__proto__: the keys are source, /,
  ],
  ['a key __proto__ of MQTT', 'mqtt:\n  embedded: { __proto__: 1 }', /:2:15: unknown key mqtt\.embedded\.__proto__/],
  ['__proto__ in quotes', 'http: { "__proto__": {} }', /:1:9: unknown key http\.__proto__: the keys are host/],
  ['__proto__ by an alias', 'mqtt: &more\n  __proto__: 1\nhttp: *more', /:2:3: unknown key mqtt\.__proto__/],
  [
    '__proto__ that is merged',
    'log: &more\n  __proto__: 1\nhttp:\n  <<: *more\n  port: 1',
    /:2:3: unknown key log\.__proto__.*\(and 1 more/,
  ],
  [
    '__proto__ as an alias of a key',
    'log: { level: &name __proto__ }\nhttp:\n  *name : 1',
    /:3:3: unknown key http\.__proto__.*\(and 1 more/,
  ],
  ['__proto__ that is written twice', 'http:\n  __proto__: 1\n  __proto__: 2', /:3:3: Map keys must be unique$/],
  ['broken syntax', 'cameras:\n  a: {', /:2:\d+: /],
  ['a key written twice', 'http:\n  port: 1\n  port: 2', /:3:3: Map keys must be unique$/],
];

for (const [index, [what, text, message]] of refused.entries()) {
  test(`refused with line, column, key and what is allowed: ${what}`, (t) => {
    t.throws(() => loadConfig(file(`refused-${index}.yaml`, text)), { code: 'CONFIG_INVALID', message });
  });
}

test('all problems are listed, and the message has their number', (t) => {
  const path = file('many.yaml', 'http:\n  port: x\n  prot: 1\nlog: { level: loud }');
  const error = t.throws(() => loadConfig(path), {
    code: 'CONFIG_INVALID',
    message: /\(and 2 more: framehub config check/,
  });
  t.is((error as unknown as { details: { problems: string[] } }).details.problems.length, 3);
});

test('a file that is not there is named', (t) => {
  t.throws(() => loadConfig(join(folder, 'none.yaml')), {
    code: 'CONFIG_UNREADABLE',
    message: /none\.yaml cannot be read: there is no such file/,
  });
});

test('the published schema knows every key, its default and what it is for', (t) => {
  const { properties } = configJsonSchema() as { properties: Record<string, { properties: Record<string, object> }> };
  t.deepEqual(Object.keys(properties), ['cameras', 'http', 'mqtt', 'encoder', 'log']);
  t.like(properties.http?.properties.port, { default: 8090, type: 'integer', maximum: 65535 });
  const { additionalProperties: camera } = properties.cameras as unknown as { additionalProperties: typeof properties };
  for (const [key, value] of Object.entries(camera.properties ?? {})) t.true('description' in value, key);
  for (const key of ['enabled', 'warmup', 'onNoBandwidth', 'profiles', 'profile'])
    t.true(key in (camera.properties ?? {}));
  for (const group of ['http', 'mqtt', 'encoder', 'log'])
    for (const [key, value] of Object.entries(properties[group]?.properties ?? {})) t.true('description' in value, key);
});
