import { readFile } from 'node:fs/promises';
import { inspectJpeg, isBroken } from '@framehub/frame';
import { checkConfig } from '../index.js';
import { inChromium, unexpectedProblems, untilText, untilTrue, visit } from './chromium.fixture.js';
import { isPlaceholder, lumaOf, meanOf, untilFrame, untilMoved, viewOf } from './frames.fixture.js';
import { ask, joinAsViewer, PATTERN, startHub, untilViewers } from './hub.fixture.js';

const GARAGE = viewOf('garage');

inChromium('a control is moved, and the frames follow', async (t) => {
  const { url } = await startHub(t);
  const { page, problems } = await visit(t, `${url}/#/garage`);
  await untilMoved(page, GARAGE);
  const before = meanOf(await lumaOf(page, GARAGE));
  await page.getByRole('slider', { name: 'Brightness' }).press('End');
  await untilFrame(page, GARAGE, (luma) => meanOf(luma) > before + 60);
  const { controls } = await ask(url, 'garage/controls');
  t.is(controls.find(({ name }: { name: string }) => name === 'brightness').value, 255);

  await page.getByRole('button', { name: 'Reset Brightness' }).click();
  await untilFrame(page, GARAGE, (luma) => meanOf(luma) < before + 20);
  t.deepEqual(problems, []);
});

inChromium('controls that others move, move here too, and automatic ones give way', async (t) => {
  const { url } = await startHub(t);
  const { page, problems } = await visit(t, `${url}/#/garage`);
  const exposure = page.getByRole('slider', { name: 'Exposure Time, Absolute' });
  await exposure.waitFor();
  t.true(await exposure.isDisabled());
  await ask(url, 'garage/controls', { negative: true, auto_exposure: 'Manual Mode' });
  await untilTrue(page, `document.querySelector('#control-negative').checked`);
  await untilTrue(page, `!document.querySelector('[aria-label="Exposure Time, Absolute"]').disabled`);
  await page.getByRole('button', { name: 'Reset all to their defaults' }).click();
  await untilTrue(page, `!document.querySelector('#control-negative').checked`);
  t.deepEqual(problems, []);
});

inChromium('the frames are turned and mirrored for everybody, and their size is what was chosen', async (t) => {
  const { url } = await startHub(t);
  const { page, problems } = await visit(t, `${url}/#/garage`);
  const shape = `(() => {
    const canvas = document.querySelector('${GARAGE}')?.shadowRoot.querySelector('canvas');
    return canvas?.width + 'x' + canvas?.height;
  })()`;
  await untilTrue(page, `${shape} === '320x240'`);
  await page.getByRole('radio', { name: '90°', exact: true }).check();
  await untilTrue(page, `${shape} === '240x320'`);
  await page.getByRole('combobox', { name: 'Size' }).selectOption('640 × 480');
  await untilTrue(page, `${shape} === '480x640'`);
  // The button is pressed as soon as that is requested.
  const changed = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
  await page.getByRole('button', { name: 'Mirror horizontal' }).click();
  await changed;
  await untilTrue(page, `document.querySelector('[aria-label="Mirror horizontal"]').ariaPressed === 'true'`);
  t.like(await ask(url, 'garage'), { settings: { rotate: 90, flip: 'horizontal', size: { width: 640, height: 480 } } });
  t.deepEqual(problems, []);
});

inChromium('a camera is switched off and on, and what is not possible is said', async (t) => {
  const { url } = await startHub(t);
  const { page, problems } = await visit(t, `${url}/#/garage`);
  await page.getByRole('switch', { name: 'Camera on' }).click();
  await untilText(page, '.problems', /This camera is switched off/);
  // Until then its last frame is recent enough to be saved.
  await untilFrame(page, GARAGE, isPlaceholder);
  await page.getByRole('button', { name: 'Save image' }).click();
  await untilText(page, '.refusal', /garage.*off/);
  await page.getByRole('button', { name: 'Switch on' }).click();
  await untilText(page, '.facts .state', /^live$/);
  await untilMoved(page, GARAGE);
  t.deepEqual(unexpectedProblems(problems, /status of 503 .* \/snapshot\/garage$/), []);
});

inChromium('a snapshot is saved, in the streamed and in full size, and decodes', async (t) => {
  const { url } = await startHub(t);
  const { page, problems } = await visit(t, `${url}/#/garage`);
  // A camera that has just been started may need longer for its first frame than a snapshot waits.
  await untilMoved(page, GARAGE, 1);
  for (const name of ['Save image', 'In full size']) {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name }).click();
    const file = await download;
    t.regex(file.suggestedFilename(), /^garage \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.jpg$/);
    const jpeg = await readFile(await file.path());
    const info = inspectJpeg(jpeg);
    t.false(isBroken(info), name);
    const decoded = await page.evaluate(`(async () => {
      const bytes = Uint8Array.from(atob('${jpeg.toString('base64')}'), (c) => c.charCodeAt(0));
      const { width, height } = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
      return { width, height };
    })()`);
    t.like(info, decoded as object);
  }
  t.deepEqual(problems, []);
});

inChromium('the frame is enlarged and moved by keys and wheel, and whole again', async (t) => {
  const { url } = await startHub(t);
  const { page } = await visit(t, `${url}/#/garage`);
  await untilMoved(page, GARAGE, 1);
  const matrix = `new DOMMatrix(getComputedStyle(document.querySelector('${GARAGE}')).transform)`;
  await page.keyboard.press('+');
  await untilTrue(page, `${matrix}.a === 1.4 && ${matrix}.e === 0`);
  await page.keyboard.press('ArrowRight');
  await untilTrue(page, `${matrix}.e < 0`);
  await page.keyboard.press('0');
  await untilTrue(page, `${matrix}.isIdentity`);
  await page.mouse.move(300, 300);
  await page.mouse.wheel(0, -400);
  await untilTrue(page, `${matrix}.a > 2`);
  t.pass();
});

inChromium('figures are real: what is painted here, how old it was, and who else looks', async (t) => {
  const { url } = await startHub(t);
  const { page } = await visit(t, `${url}/#/garage`);
  await untilText(page, '.facts', /Shown[1-9]\d*\.\d fps.*Age\d+ ms.*Watching1 viewer.*320 × 240 YUYV/);
  const other = await joinAsViewer(t, `${url}/stream/garage`);
  await untilText(page, '.facts', /Watching2 viewers/);
  other.leave();
  await untilText(page, '.facts', /Watching1 viewer/);
  t.pass();
});

inChromium('addresses are copied, ready for other programs', async (t) => {
  const { url } = await startHub(t);
  const { page } = await visit(t, `${url}/#/garage`, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.getByText('OctoPrint').click();
  await page.getByRole('button', { name: 'Copy OctoPrint Snapshot URL' }).click();
  await untilText(page, '.address [role="status"]', /Copied/);
  t.is(await page.evaluate('navigator.clipboard.readText()'), `${url}/snapshot/garage`);
  // As on hubs without TLS, where browsers have no clipboard for pages.
  await page.evaluate(`Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })`);
  await page.getByRole('button', { name: 'Copy Stream' }).first().click();
  await page.evaluate('delete navigator.clipboard');
  await untilTrue(page, `(async () => (await navigator.clipboard.readText()) === '${url}/stream/garage')()`);
});

inChromium('an unknown camera is reported as unknown, and one that has left to have left', async (t) => {
  const { server, url } = await startHub(t);
  const { page } = await visit(t, `${url}/#/attic`);
  await untilText(page, 'main', /There is no camera attic/);
  await page.evaluate(`location.hash = '#/garage'`);
  await untilViewers(url, 'garage', 1);
  await server.apply(checkConfig({ cameras: { printer: PATTERN } }));
  await untilText(page, 'main', /There is no camera garage/);
  t.pass();
});
