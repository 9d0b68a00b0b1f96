import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inChromium, PUBLIC_NAME, untilText, untilTrue, visit } from './chromium.fixture.js';
import { serveProxy } from './foreign-pages.fixture.js';
import { untilMoved, viewOf } from './frames.fixture.js';
import { startHub } from './hub.fixture.js';

const GARAGE = viewOf('garage');
const TRANSPORT = `document.querySelector('${GARAGE}').transport`;

inChromium('below a path of a proxy everything is as without', async (t) => {
  const { url } = await startHub(t);
  const proxy = await serveProxy(t, url, { path: '/home/cameras' });
  const { page, problems } = await visit(t, `${proxy}/`);
  await untilMoved(page, GARAGE);
  t.is(await page.evaluate(TRANSPORT), 'websocket');
  await page.click('[data-camera="garage"]');
  const stream = await page.locator('.address code').first().textContent();
  t.is(stream, `${proxy}/stream/garage`);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save image' }).click();
  await download;
  t.deepEqual(problems, []);
});

inChromium('with a password everything is as without, for who knows it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'framehub-page-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const authFile = join(folder, 'users');
  await writeFile(authFile, 'ada:lovelace\n', { mode: 0o600 });
  const { url } = await startHub(t, undefined, { authFile });
  const httpCredentials = { username: 'ada', password: 'lovelace' };
  const { page, problems } = await visit(t, `${url}/`, { httpCredentials });
  await untilMoved(page, GARAGE);
  t.is(await page.evaluate(TRANSPORT), 'websocket');
  await page.click('[data-camera="garage"]');
  const changed = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
  await page.getByRole('radio', { name: '180°' }).check();
  t.is((await changed).status(), 200);
  t.deepEqual(problems, []);
  const Authorization = `Basic ${btoa('ada:lovelace')}`;
  const camera = await fetch(`${url}/api/cameras/garage`, { headers: { Authorization } });
  t.like(await camera.json(), { settings: { rotate: 180 } });
});

inChromium('under a name that could be a foreign page’s nothing can be changed, and the page says so', async (t) => {
  const { url } = await startHub(t);
  const { port } = new URL(url);
  const { page, problems } = await visit(t, `http://${PUBLIC_NAME}:${port}/#/garage`);
  await untilMoved(page, GARAGE);
  await untilTrue(page, `document.querySelector('#enabled').matches(':disabled')`);
  await untilText(page, 'main', /Nothing can be changed from this address/);
  t.deepEqual(problems, []);
});
