import type { ServerResponse } from 'node:http';
import { inChromium, unexpectedProblems, until, untilText, untilTrue, visit } from './chromium.fixture.js';
import { serveProxy } from './foreign-pages.fixture.js';
import { untilMoved, viewOf } from './frames.fixture.js';
import { startHub, untilViewers } from './hub.fixture.js';

const GARAGE = viewOf('garage');
const attributeIs = (name: string, value: string): string =>
  `document.querySelector('framehub-view')?.getAttribute('${name}') === '${value}'`;

const EXPECTED = [
  /^WebSocket connection to 'ws:[^']*\/ws' failed: .* 502$/,
  /status of 502 .* \/(stream|snapshot)\/garage$/,
  // Of the hub itself, whose camera has just been started.
  /status of 503 .* \/snapshot\/garage$/,
  /net::ERR_(INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE) \/stream\/garage$/,
];

inChromium(
  'where no WebSocket gets through, the stream is shown, and the page goes on knowing its cameras',
  async (t) => {
    const { url } = await startHub(t);
    const proxy = await serveProxy(t, url, { refused: ['/ws'] });
    const { page, problems } = await visit(t, `${proxy}/`);
    await untilTrue(page, `document.querySelector('framehub-view')?.getAttribute('transport') === 'stream'`);
    await untilMoved(page, GARAGE);
    await untilText(page, '.connection', /frames arrive as streams/);
    await untilText(page, '[data-camera="garage"]', /live.*1 viewer/);
    await untilViewers(url, 'garage', 1);
    t.deepEqual(unexpectedProblems(problems, ...EXPECTED), []);
  },
);

inChromium('where no stream gets through either, snapshots are shown one after another', async (t) => {
  const { url } = await startHub(t);
  const proxy = await serveProxy(t, url, { refused: ['/ws', '/stream'] });
  const { page, problems } = await visit(t, `${proxy}/#/garage`);
  await untilTrue(page, `document.querySelector('framehub-view')?.getAttribute('transport') === 'snapshots'`);
  await untilMoved(page, GARAGE);
  t.deepEqual(unexpectedProblems(problems, ...EXPECTED), []);
});

for (const [how, end] of [
  ['is cut', (stream: ServerResponse) => stream.destroy()],
  ['ends as if all was well', (stream: ServerResponse) => stream.end()],
] as const)
  inChromium(`a stream that ${how} is begun anew`, async (t) => {
    const { url } = await startHub(t);
    const streams: ServerResponse[] = [];
    const passing = (path: string, answer: ServerResponse): void => {
      if (path.startsWith('/stream')) streams.push(answer);
    };
    const proxy = await serveProxy(t, url, { refused: ['/ws'], passing });
    const { page, problems } = await visit(t, `${proxy}/#/garage`);
    await untilTrue(page, attributeIs('state', 'live'));
    await untilMoved(page, GARAGE);
    const begun = streams.length;
    end(streams.at(-1) as ServerResponse);
    await until(
      page,
      async () => streams.length,
      (count) => count > begun,
    );
    await untilTrue(page, attributeIs('transport', 'stream'));
    await untilMoved(page, GARAGE);
    await untilTrue(page, attributeIs('state', 'live'));
    t.deepEqual(unexpectedProblems(problems, ...EXPECTED), []);
  });

inChromium('where streams get through again, they take the place of snapshots', async (t) => {
  const { url } = await startHub(t);
  const refused = ['/ws', '/stream'];
  const proxy = await serveProxy(t, url, { refused });
  const { page, problems } = await visit(t, `${proxy}/#/garage`);
  await untilTrue(page, attributeIs('transport', 'snapshots'));
  refused.pop();
  await untilTrue(page, attributeIs('transport', 'stream'));
  await untilMoved(page, GARAGE);
  await untilViewers(url, 'garage', 1);
  t.deepEqual(unexpectedProblems(problems, ...EXPECTED), []);
});

inChromium('where nothing gets through, a camera that is live is not shown to be', async (t) => {
  const { url } = await startHub(t);
  const refused = ['/ws', '/stream', '/snapshot'];
  const proxy = await serveProxy(t, url, { refused });
  const { page, problems } = await visit(t, `${proxy}/#/garage`);
  await untilTrue(page, attributeIs('transport', 'snapshots'));
  await untilText(page, '.facts .state', /^live$/);
  const note = `document.querySelector('framehub-view')?.shadowRoot?.querySelector('p').textContent`;
  await untilTrue(page, `${attributeIs('state', 'connecting')} && ${note} === 'no image gets through'`);
  refused.pop();
  await untilTrue(page, attributeIs('state', 'live'));
  await untilMoved(page, GARAGE);
  t.deepEqual(unexpectedProblems(problems, ...EXPECTED), []);
});
