import { inChromium, untilText, untilTrue, visit } from './chromium.fixture.js';
import { isPlaceholder, untilFrame, untilMoved, viewOf } from './frames.fixture.js';
import { PATTERN, startHub, untilViewers } from './hub.fixture.js';
import { PHONE, untilAllSeen, untilFits } from './layout.fixture.js';

inChromium('the wall shows two moving cameras, and how they are, with nothing from other hosts', async (t) => {
  const { url } = await startHub(t);
  const { page, problems, foreign } = await visit(t, `${url}/`);
  await untilMoved(page, viewOf('garage'));
  await untilMoved(page, viewOf('printer'));
  await untilText(page, 'h1', /^2 cameras$/);
  await untilText(page, '[data-camera="garage"]', /live.*\d+\.\d fps.*\d+ ms.*1 viewer/);
  t.is(await page.evaluate(`document.querySelector('${viewOf('garage')}').transport`), 'websocket');
  t.deepEqual(problems, []);
  t.deepEqual(foreign, []);
});

inChromium('what is wrong with a camera is said in words, below the placeholder that says it too', async (t) => {
  const { url } = await startHub(t, { garage: PATTERN, door: { source: '/dev/video77' } });
  const { page, problems } = await visit(t, `${url}/`);
  await untilText(page, '[data-camera="door"]', /\/dev\/video77 is not there: plug/);
  await untilText(page, 'h1', /^2 cameras, 1 in trouble$/);
  await untilFrame(page, viewOf('door'), isPlaceholder);
  await untilMoved(page, viewOf('garage'));
  t.deepEqual(problems, []);
});

inChromium('a camera that stops while it is watched is shown to be in trouble, and well when it is back', async (t) => {
  const other = await startHub(t, { bed: PATTERN });
  const { url } = await startHub(t, { printer: { source: `${other.url}/stream/bed` } });
  const { page, problems } = await visit(t, `${url}/`);
  await untilText(page, '[data-camera="printer"] .state', /^live$/);
  await other.server.close();
  await untilTrue(page, `document.querySelector('[data-camera="printer"]').dataset.tone === 'bad'`);
  await untilText(page, '[data-camera="printer"] .problem', /\w/);
  await untilFrame(page, viewOf('printer'), isPlaceholder);
  await startHub(t, { bed: PATTERN }, { port: other.server.port });
  await untilText(page, '[data-camera="printer"] .state', /^live$/);
  await untilMoved(page, viewOf('printer'));
  t.deepEqual(problems, []);
});

inChromium('twenty cameras are all seen at once on a desk, and below one another on a phone', async (t) => {
  const cameras = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`camera-${i + 1}`, { ...PATTERN, fps: 2 }]));
  const { url } = await startHub(t, cameras);
  const desk = await visit(t, `${url}/`, { viewport: { width: 1920, height: 1080 } });
  // With all that is written below each: that must not take more room than the wall has for it.
  await untilTrue(desk.page, `document.querySelectorAll('.figures').length === 20`);
  await untilViewers(url, 'camera-20', 1);
  await untilText(desk.page, '[data-camera="camera-20"] .figures', /\d+ ms.*1 viewer/);
  await untilFits(desk.page);
  await untilAllSeen(desk.page);
  await desk.page.close();
  const phone = await visit(t, `${url}/`, PHONE);
  await untilTrue(phone.page, `document.querySelectorAll('.tile').length === 20`);
  await untilViewers(url, 'camera-1', 1);
  await untilText(phone.page, '[data-camera="camera-1"] .figures', /\d+ ms/);
  await untilFits(phone.page);
  // Nobody scrolls so far: it costs nothing.
  await untilViewers(url, 'camera-20', 0);
  t.pass();
});

inChromium('the cameras are reached by keyboard, and the way back leads to where one was', async (t) => {
  const { url } = await startHub(t);
  const { page } = await visit(t, `${url}/`);
  await untilTrue(page, `document.querySelectorAll('.tile').length === 2`);
  const focused = `document.activeElement.dataset.camera === 'printer'`;
  while (!(await page.evaluate(focused))) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await untilText(page, 'h1', /^printer$/);
  t.is(await page.title(), 'printer – framehub');
  await page.keyboard.press('Escape');
  await untilTrue(page, focused);
});

inChromium('all are seen at once too while framehub does not answer, which is said above them', async (t) => {
  // As many as leave no room below them.
  const cameras = { garage: PATTERN, printer: PATTERN, door: PATTERN, attic: PATTERN };
  const { server, url } = await startHub(t, cameras);
  const { page } = await visit(t, `${url}/`, { viewport: { width: 1280, height: 800 } });
  await untilText(page, '[data-camera="printer"] .figures', /\d+ ms.*1 viewer/);
  await untilAllSeen(page);
  await server.close();
  await untilText(page, '.connection', /framehub does not answer/);
  await untilAllSeen(page);
  await startHub(t, cameras, { port: server.port });
  await untilTrue(page, `document.querySelector('.connection').textContent === ''`);
  await untilAllSeen(page);
  t.pass();
});
