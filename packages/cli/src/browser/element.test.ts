import { checkConfig } from '../index.js';
import { inChromium, unexpectedProblems, untilText, untilTrue, visit } from './chromium.fixture.js';
import { foreignPage, servePage } from './foreign-pages.fixture.js';
import { untilMoved, viewOf } from './frames.fixture.js';
import { joinAsViewer, PATTERN, startHub, untilViewers } from './hub.fixture.js';
import { Tabs } from './tabs.fixture.js';

const GARAGE = viewOf('garage');
const attribute = (name: string): string => `document.querySelector('framehub-view')?.getAttribute('${name}')`;
const NOTE = `document.querySelector('framehub-view')?.shadowRoot?.querySelector('p').textContent`;

/** Of a hub that is killed: its socket, what is asked for meanwhile, and what is before its cameras are there again. */
const GONE = [
  /^WebSocket connection to 'ws:[^']*\/ws' failed/,
  /net::ERR_CONNECTION_(REFUSED|RESET) \/(api\/cameras|stream|snapshot)/,
  /status of 503 \(.*\) \/(stream|snapshot)/,
];

inChromium('one script tag puts a camera into a foreign page', async (t) => {
  const { url } = await startHub(t);
  const { page, problems } = await visit(t, await servePage(t, foreignPage(url)));
  await untilMoved(page, GARAGE);
  await untilTrue(page, `${attribute('state')} === 'live' && ${attribute('transport')} === 'websocket'`);
  t.true(await page.evaluate(`document.querySelector('framehub-view').age < 60_000`));
  // It has the shape of the frame.
  t.is(
    await page.evaluate(
      `(({ clientWidth: w, clientHeight: h }) => Math.round(100 * w / h))(document.querySelector('framehub-view'))`,
    ),
    133,
  );
  t.deepEqual(problems, []);
});

inChromium('who has scrolled it away watches nothing, and who scrolls back sees it again', async (t) => {
  const { url } = await startHub(t);
  const { page, problems } = await visit(t, await servePage(t, foreignPage(url)));
  await untilViewers(url, 'garage', 1);
  await page.evaluate('scrollTo(0, 4000)');
  await untilViewers(url, 'garage', 0);
  await untilTrue(page, `${attribute('state')} === 'paused'`);
  await page.evaluate('scrollTo(0, 0)');
  await untilMoved(page, GARAGE);
  await untilViewers(url, 'garage', 1);
  t.deepEqual(problems, []);
});

inChromium('a hidden tab watches nothing', async (t) => {
  const { url } = await startHub(t);
  const tabs = await Tabs.open(t);
  const dashboard = await tabs.create(await servePage(t, foreignPage(url)));
  await untilViewers(url, 'garage', 1);
  await tabs.create('about:blank');
  await untilViewers(url, 'garage', 0);
  await tabs.activate(dashboard);
  await untilViewers(url, 'garage', 1);
  const wall = await tabs.create(`${url}/`);
  await untilViewers(url, 'printer', 1);
  await tabs.activate(dashboard);
  await untilViewers(url, 'printer', 0);
  await tabs.activate(wall);
  await untilViewers(url, 'printer', 1);
  t.pass();
});

inChromium('what is asked for can change while it is watched, over the same connection', async (t) => {
  const { url } = await startHub(t);
  const { page, problems } = await visit(t, await servePage(t, foreignPage(url)));
  await untilMoved(page, GARAGE, 1);
  let further = 0;
  page.on('websocket', () => {
    further += 1;
  });
  await page.evaluate(`(() => {
    const view = document.querySelector('framehub-view');
    view.setAttribute('camera', 'printer');
    view.setAttribute('width', '64');
    view.setAttribute('fps', '5');
  })()`);
  await untilTrue(page, `document.querySelector('framehub-view').shadowRoot.querySelector('canvas').width === 64`);
  await untilViewers(url, 'garage', 0);
  await untilViewers(url, 'printer', 1);
  t.is(further, 0);
  t.deepEqual(problems, []);
});

inChromium('it comes back by itself after framehub was started anew, and says meanwhile that it is gone', async (t) => {
  const { server, url } = await startHub(t);
  const { page, problems } = await visit(t, `${url}/`);
  await untilMoved(page, GARAGE);
  await server.close();
  await untilText(page, '.connection', /framehub does not answer/);
  await untilTrue(page, `${attribute('state')} === 'offline'`);
  await startHub(t, undefined, { port: server.port });
  await untilMoved(page, GARAGE);
  await untilTrue(page, `document.querySelector('.connection').textContent === ''`);
  await untilViewers(url, 'garage', 1);
  t.deepEqual(unexpectedProblems(problems, ...GONE), []);
});

inChromium('a camera that there is not is said not to be there, until there is', async (t) => {
  const { server, url } = await startHub(t);
  const html = foreignPage(url).replace('camera="garage"', 'camera="attic"');
  const { page, problems } = await visit(t, await servePage(t, html));
  await untilTrue(page, `${attribute('state')} === 'unknown'`);
  await untilTrue(page, `${NOTE} === 'there is no camera attic'`);
  await server.apply(checkConfig({ cameras: { attic: PATTERN } }));
  await untilMoved(page, viewOf('attic'));
  // On a busy machine it says for a moment how old the frame is.
  await untilTrue(page, `${NOTE} === ''`);
  t.deepEqual(problems, []);
});

inChromium('an attribute that is wrong is said to be, with what is allowed, until it is right', async (t) => {
  const { url } = await startHub(t);
  const { page, problems } = await visit(t, await servePage(t, foreignPage(url, 'rotate="45"')));
  const wrong = 'rotate must be 0, 90, 180 or 270, not 45';
  await untilTrue(page, `${NOTE} === '${wrong}'`);
  t.is(await page.evaluate(attribute('state')), 'refused');
  t.deepEqual(problems, [`framehub-view: ${wrong}`]);
  await page.evaluate(`document.querySelector('framehub-view').setAttribute('rotate', '90')`);
  await untilMoved(page, GARAGE);
  await untilTrue(page, `${attribute('state')} === 'live'`);
  await page.evaluate(`document.querySelector('framehub-view').setAttribute('fps', 'abc')`);
  await untilTrue(page, `${attribute('state')} === 'refused' && ${NOTE}.startsWith('fps must be a number')`);
  await untilViewers(url, 'garage', 0);
});

inChromium('what the hub refuses is said in its words, until it does not any more', async (t) => {
  const { url } = await startHub(t);
  // As many as one address may have made for it.
  const qualities = [1, 2, 3, 4];
  const others = await Promise.all(qualities.map((q) => joinAsViewer(t, `${url}/stream/garage?quality=${q}`)));
  const { page, problems } = await visit(t, await servePage(t, foreignPage(url, 'width="64"')));
  await untilTrue(page, `${attribute('state')} === 'refused' && ${NOTE}.includes('4 ')`);
  for (const other of others) other.leave();
  await untilMoved(page, GARAGE);
  await untilTrue(page, `${attribute('state')} === 'live' && ${NOTE} === ''`);
  t.deepEqual(unexpectedProblems(problems, /^framehub: no frames of garage: .*BROKER_TOO_MANY_TOPICS/), []);
});

inChromium('the age is that of painting, and figures are of frames that were painted', async (t) => {
  const { url } = await startHub(t);
  // Each frame takes half a second to decode; with four on their way some give way to newer ones, unpainted.
  const slow = `<script>
    const decode = createImageBitmap;
    globalThis.decoded = 0;
    globalThis.ages = new Set();
    // All that are reported, from one frame of the screen to the next.
    const look = () => {
      ages.add(document.querySelector('framehub-view')?.age);
      requestAnimationFrame(look);
    };
    look();
    globalThis.createImageBitmap = async (blob) => {
      const bitmap = await decode(blob);
      await new Promise((resolve) => setTimeout(resolve, 500));
      decoded += 1;
      return bitmap;
    };
  </script>`;
  const { page, problems } = await visit(t, await servePage(t, slow + foreignPage(url, 'credit="4"')));
  await untilTrue(page, 'decoded >= 10');
  const ages: number[] = await page.evaluate('[...ages].filter((age) => age !== undefined)');
  t.true(ages.length > 3);
  t.true(Math.min(...ages) > 450, `${ages}`);
  const fps: number = await page.evaluate(`document.querySelector('framehub-view').statistics.fps`);
  t.true(fps > 0 && fps <= 2.5, `${fps}`);
  t.deepEqual(problems, []);
});
