import { FramehubError } from '@framehub/frame';
import test from 'ava';
import { serve } from '../gateway.fixture.js';

// biome-ignore lint/suspicious/noExplicitAny: the tests look into foreign JSON
const jsonOf = async (answer: Response): Promise<any> => answer.json();
const patch = (url: string, body: unknown) => fetch(url, { method: 'PATCH', body: JSON.stringify(body) });

test("a camera reports its settings flat, with null for the camera's default", async (t) => {
  const { garage, url } = await serve(t);
  garage.settingsNow = { ...garage.settingsNow, rendition: { rotate: 90, width: 640 } };
  const { settings } = await jsonOf(await fetch(`${url}/api/cameras/garage`));
  t.deepEqual(settings, {
    enabled: true,
    size: { width: 1280, height: 720 },
    format: 'MJPG',
    fps: null,
    rotate: 90,
    flip: 'none',
    width: 640,
    quality: null,
    profile: 'day',
    profiles: ['day', 'night'],
  });
});

test('settings are changed, and the answer is the changed camera', async (t) => {
  const { garage, url } = await serve(t);
  const answer = await patch(`${url}/api/cameras/0`, { rotate: 180, enabled: false });
  t.is(answer.status, 200);
  t.like(await jsonOf(answer), { name: 'garage', index: 0, settings: { enabled: false, rotate: 180, profile: 'day' } });
  t.deepEqual(garage.asked.settings, [{ rotate: 180, enabled: false }]);
});

test('every setting reaches the camera, a size in either spelling, and null as null', async (t) => {
  const { garage, url } = await serve(t);
  const whole = { width: 1280, height: 720 };
  const rest = { format: 'YUYV', fps: 7.5, flip: 'both', width: 640, quality: 70, profile: 'night' };
  const nothing = { size: null, format: null, fps: null, width: null, quality: null, profile: null };
  for (const body of [{ size: '1280x720', ...rest }, { size: whole }, nothing, {}]) {
    t.is((await patch(`${url}/api/cameras/garage`, body)).status, 200);
  }
  t.deepEqual(garage.asked.settings, [{ size: whole, ...rest }, { size: whole }, nothing, {}]);
});

test('an invalid setting is refused with what is allowed, before the camera is asked', async (t) => {
  const { garage, url } = await serve(t);
  const refusals: readonly (readonly [body: unknown, message: RegExp])[] = [
    [{ rotate: 90, rotation: 90 }, /^unknown key rotation: the keys are enabled, size, format, /],
    [{ profiles: [] }, /^unknown key profiles: did you mean profile\?$/],
    [{ size: 'large' }, /^size must be WIDTHxHEIGHT such as 1280x720, .*, not large$/],
    [{ size: { width: 640 } }, /^size(\.height)? (must be|is missing)/],
    [{ size: 5 }, /^size must be WIDTHxHEIGHT such as 1280x720, .*, not 5$/],
    [{ rotate: 45 }, /^rotate must be 0, 90, 180 or 270, not 45$/],
    [{ rotate: '90' }, /^rotate must be 0, 90, 180 or 270, not "90"$/],
    [{ rotate: null }, /^rotate must be/],
    [{ enabled: 'yes' }, /^enabled must be true or false, not yes$/],
    [[], /^the settings must be an object with keys such as/],
    [null, /^the settings must be an object/],
  ];
  for (const [body, message] of refusals) {
    const answer = await patch(`${url}/api/cameras/garage`, body);
    t.is(answer.status, 400, JSON.stringify(body));
    const { error } = await jsonOf(answer);
    t.is(error.code, 'CAMERA_SETTING_INVALID');
    t.regex(error.message, message);
  }
  t.deepEqual(garage.asked.settings, []);
});

test('an error of the camera is the answer', async (t) => {
  const { garage, url } = await serve(t);
  const answer = await patch(`${url}/api/cameras/garage`, { profile: 'dusk' });
  t.is(answer.status, 400);
  const { error } = await jsonOf(answer);
  t.is(error.code, 'CAMERA_SETTING_INVALID');
  t.regex(error.message, /^profile .*day.*night/);
  t.is((await patch(`${url}/api/cameras/attic`, {})).status, 404);
  garage.controls = async () => {
    throw new FramehubError('CAPTURE_OFF', 'camera garage is switched off: switch it on first');
  };
  t.is((await fetch(`${url}/api/cameras/garage/controls`)).status, 409);
});

test('the answer is of the changed camera, whatever its number is by then', async (t) => {
  const { hub, garage, url } = await serve(t);
  const change = garage.change.bind(garage);
  garage.change = async (changes) => {
    hub.set('door', 'garage');
    return change(changes);
  };
  t.like(await jsonOf(await patch(`${url}/api/cameras/0`, { rotate: 90 })), { name: 'garage', index: 1 });
  garage.change = async (changes) => {
    hub.set('door');
    return change(changes);
  };
  t.is((await patch(`${url}/api/cameras/garage`, { rotate: 90 })).status, 404);
});
