import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@framehub/frame';
import test from 'ava';
import { type ConfigInput, configSchema } from './config/schema.js';
import { mqttOptions } from './mqtt.js';
import { temporaryFolder } from './temporary-folder.fixture.js';

const folder = temporaryFolder('mqtt-options');

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const options = (input: ConfigInput, environment: Record<string, string> = {}) =>
  mqttOptions(configSchema.parse(input), silentLogger, environment);

test('no section, no gateway', (t) => {
  t.is(options({ cameras: { a: { source: 'pattern', mqtt: { every: '1s' } } } }), undefined);
});

test('a camera has its own schedule and rendition, key by key, and the rest of what is for all', (t) => {
  const built = options({
    mqtt: { every: '10s', width: 640, quality: 60 },
    cameras: {
      plain: { source: 'pattern' },
      often: { source: 'pattern', mqtt: { every: '1s', quality: 90 } },
      hourly: { source: 'pattern', mqtt: { cron: '0 * * * *' } },
      asked: { source: 'pattern', mqtt: { every: 'never', frames: { fps: 5 } } },
    },
  });
  t.deepEqual(built?.camera, { every: 10_000, rendition: { width: 640, quality: 60 } });
  t.deepEqual(built?.cameras, {
    often: { every: 1000, rendition: { width: 640, quality: 90 } },
    hourly: { cron: '0 * * * *', rendition: { width: 640, quality: 60 } },
    asked: { rendition: { width: 640, quality: 60 }, frames: { fps: 5 } },
  });
});

test('cameras without a plan of their own come and go without another connection', (t) => {
  const one = { mqtt: { every: '10s' }, cameras: { a: { source: 'pattern' } } };
  t.deepEqual(options(one), options({ ...one, cameras: { ...one.cameras, b: { source: 'pattern' } } }));
});

test('name and password are those of the file, or of the environment', (t) => {
  const passwordFile = file('password', 'filed\n');
  const environment = { FRAMEHUB_MQTT_USERNAME: 'env', FRAMEHUB_MQTT_PASSWORD: 'said' };
  const url = 'mqtt://broker';
  t.like(options({ mqtt: { url } }, environment), { username: 'env', password: 'said' });
  t.like(options({ mqtt: { url, username: 'ann', passwordFile } }, environment), {
    username: 'ann',
    password: 'filed',
  });
  t.like(options({ mqtt: { embedded: { user: 'bob', passwordFile } } }), {
    embedded: { user: 'bob', password: 'filed', port: 1883 },
  });
  t.like(options({ mqtt: {} }, environment), { embedded: { user: 'env', password: 'said' } });
});

test('files of TLS are read, and one that is not there is named by its key', (t) => {
  const tls = { ca: file('ca.pem', 'CA'), verify: false };
  t.deepEqual(options({ mqtt: { url: 'mqtts://broker', tls } })?.tls, { ca: 'CA', rejectUnauthorized: false });
  t.throws(() => options({ mqtt: { url: 'mqtts://broker', tls: { ca: '/nowhere/ca.pem' } } }), {
    code: 'CONFIG_FILE_UNREADABLE',
    message: /^mqtt\.tls\.ca: \/nowhere\/ca\.pem cannot be read: there is no such file/,
  });
});

test('equal configurations give equal options, so that a gateway is not restarted', (t) => {
  const written = { mqtt: { every: '10s' }, cameras: { a: { source: 'pattern' } } };
  t.deepEqual(options(written), options({ ...written, log: { level: 'debug' } }));
});
