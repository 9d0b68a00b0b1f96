import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@framehub/frame';
import test from 'ava';
import { cameraOptions, withCredentials } from './camera-options.js';
import { configSchema } from './config/schema.js';
import { temporaryFolder } from './temporary-folder.fixture.js';

const file = join(temporaryFolder('credentials'), 'password');
writeFileSync(file, 'of the file\n', { mode: 0o600 });

function credentials(camera: object, environment: Record<string, string> = {}, name = 'front-door') {
  const { cameras } = configSchema.parse({ cameras: { [name]: camera } });
  const [found] = Object.values(withCredentials(cameras, silentLogger, environment));
  const { source } = cameraOptions(found as NonNullable<typeof found>);
  return source.type === 'http' ? [source.username, source.password] : [undefined, undefined];
}

const open = { source: 'http://cam/' };
const named = { source: 'http://ann:one@cam/' };
const ENVIRONMENT = { FRAMEHUB_CAMERA_USERNAME: 'eve', FRAMEHUB_CAMERA_PASSWORD: 'for all' };
const ONE = { ...ENVIRONMENT, FRAMEHUB_CAMERA_PASSWORD_FRONT_DOOR: 'for one' };

for (const [what, camera, environment, expected] of [
  ['nothing is said: nobody is named', open, {}, [undefined, undefined]],
  ['the address counts by itself', named, {}, [undefined, undefined]],
  ['a user and a file', { ...open, username: 'ann', passwordFile: file }, {}, ['ann', 'of the file']],
  ['both come before the address', { ...named, username: 'bob', passwordFile: file }, {}, ['bob', 'of the file']],
  ['and before the environment', { ...open, username: 'bob', passwordFile: file }, ONE, ['bob', 'of the file']],
  ['the environment is for cameras without', open, ENVIRONMENT, ['eve', 'for all']],
  ['and not for those whose address has them', named, ENVIRONMENT, [undefined, undefined]],
  [
    'a user in the address, the password in the environment',
    { source: 'http://ann@cam/' },
    ENVIRONMENT,
    [undefined, 'for all'],
  ],
  ['what is for one camera comes first', named, ONE, [undefined, 'for one']],
  [
    'the one for all is not sent to who asks for nobody',
    open,
    { FRAMEHUB_CAMERA_PASSWORD: 'x' },
    [undefined, undefined],
  ],
  ['an empty variable is ignored', open, { FRAMEHUB_CAMERA_PASSWORD: '' }, [undefined, undefined]],
  ['other sources have none', { source: 'pattern' }, ONE, [undefined, undefined]],
] as const) {
  test(what, (t) => t.deepEqual(credentials(camera, environment), [...expected]));
}

test('a variable for another camera is ignored', (t) => {
  t.deepEqual(credentials(open, { FRAMEHUB_CAMERA_PASSWORD_BACK_DOOR: 'x' }), [undefined, undefined]);
});

test('a file that is missing is named with the setting', (t) => {
  t.throws(() => credentials({ ...open, passwordFile: '/nonexistent/password' }), {
    code: 'CONFIG_FILE_UNREADABLE',
    message: /^cameras\.front-door\.passwordFile: \/nonexistent\/password cannot be read: there is no such file/,
  });
});
