import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { temporaryFolder } from '../temporary-folder.fixture.js';
import { start } from './command.test.helper.js';
import { view } from './viewer.test.helper.js';

const SMALL = 'pattern:320x240@15';

/** A running framehub and its configuration file, which is saved as editors do. */
async function setup(t: ExecutionContext, text: string) {
  const file = join(temporaryFolder('reload'), 'framehub.yaml');
  const save = (content: string) => {
    writeFileSync(`${file}~`, content);
    renameSync(`${file}~`, file);
  };
  save(text);
  const running = await start(t, ['--config', file]);
  const said = (pattern: RegExp) => running.record(({ msg }) => pattern.test(msg));
  const cameras = async (): Promise<{ name: string; state: string; settings: Record<string, unknown> }[]> => {
    const answer = await (await fetch(`${running.url}api/cameras`)).json();
    return (answer as { cameras: [] }).cameras;
  };
  return { ...running, file, save, said, cameras };
}

// One after another: each test is a process, and machines that build have few cores.
test.serial('a file that is saved: rotation and size change while viewers watch', async (t) => {
  const { url, save, said } = await setup(t, `cameras: { bed: { source: '${SMALL}' } }`);
  const viewers = [await view(t, `${url}stream`), await view(t, `${url}stream/bed`)];
  const all = (size: string) => Promise.all(viewers.map((viewer) => viewer.size(size)));
  await all('320x240');
  save(`cameras: { bed: { source: '${SMALL}', rotate: 90 } }`);
  await all('240x320');
  save(`cameras: { bed: { source: '${SMALL}', rotate: 90, size: 160x120 } }`);
  await all('120x160');
  t.true(viewers.every((viewer) => viewer.connected()));
  await said(/^cameras: bed changed$/);
});

test.serial('a file that is not in order changes nothing and says why, with the line', async (t) => {
  const { url, save, said, cameras, file } = await setup(t, `cameras:\n  bed: { source: '${SMALL}' }\n`);
  const viewer = await view(t, `${url}stream`);
  save(`cameras:\n  bed: { source: '${SMALL}', rotate: 45 }\n`);
  const { level, msg } = await said(/nothing is changed/);
  t.is(level, 50);
  t.is(
    msg,
    `nothing is changed: ${file}:2:${`  bed: { source: '${SMALL}', rotate: `.length + 1}: cameras.bed.rotate must be 0, 90, 180 or 270, not 45`,
  );
  await viewer.size('320x240');
  t.like(await cameras(), [{ name: 'bed', state: 'live' }]);
});

test.serial('SIGHUP reads the file again, and does not end anything', async (t) => {
  const { child, url, save, said } = await setup(t, `cameras: { bed: { source: '${SMALL}' } }`);
  const viewer = await view(t, `${url}stream`);
  child.kill('SIGHUP');
  await said(/^cameras: unchanged$/);
  save(`cameras: { bed: { source: '${SMALL}', rotate: 270 } }`);
  child.kill('SIGHUP');
  await viewer.size('240x320');
  t.true(viewer.connected());
});

test.serial('without a file to read, SIGHUP ends it as it always did', async (t) => {
  const { child, ended } = await start(t, ['--camera', SMALL]);
  child.kill('SIGHUP');
  t.like(await ended, { code: 0, stderr: '' });
});

test.serial('cameras that come and go, in the order of the file: the others are not touched', async (t) => {
  const { url, save, cameras } = await setup(
    t,
    `cameras: { bed: { source: '${SMALL}' }, door: { source: '${SMALL}' } }`,
  );
  const [bed, door] = [await view(t, `${url}stream/bed`), await view(t, `${url}stream/door`)];
  const changed = await fetch(`${url}api/cameras/bed`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rotate: 90 }),
  });
  t.is(changed.status, 200);
  await bed.size('240x320');
  save(`cameras: { shed: { source: 'pattern:160x120@15' }, bed: { source: '${SMALL}' } }`);
  await door.ended;
  await (await view(t, `${url}stream/shed`)).size('160x120');
  const now = await cameras();
  t.deepEqual(
    now.map(({ name }) => name),
    ['shed', 'bed'],
  );
  t.like(now[1]?.settings, { rotate: 90 }, 'what the API has changed stays');
  t.true(bed.connected());
  await bed.size('240x320');
});

test.serial('what needs a restart is one warning, and the level of the log holds at once', async (t) => {
  const cameras = `cameras: { bed: { source: '${SMALL}' } }`;
  const { save, said, child, ended } = await setup(t, `${cameras}\nlog: { level: info }\n`);
  save(`${cameras}\nhttp: { port: 1, maxViewers: 3 }\nencoder: { threads: 1 }\nlog: { level: warn }\n`);
  const { msg } = await said(/^restart framehub/);
  t.regex(msg, /^restart framehub to apply the change of http\.maxViewers, encoder\.threads: /);
  child.kill('SIGTERM');
  const { stdout } = await ended;
  t.notRegex(`${stdout}`, /SIGTERM: closing/, 'which is of less importance than a warning');
});

test.serial('one camera of the command line that fails is waited for, and costs the others nothing', async (t) => {
  const { url, record } = await start(t, ['--camera', `bed=${SMALL}`, '--camera', 'door=file:/not/there']);
  const { level } = await record(({ camera, msg }) => camera === 'door' && /has failed/.test(msg));
  t.is(level, 40);
  await (await view(t, `${url}stream/bed`)).size('320x240');
});
