import { inChromium, untilText, untilTrue, visit } from './chromium.fixture.js';
import { foreignPage, servePage } from './foreign-pages.fixture.js';
import { PATTERN, startHub } from './hub.fixture.js';
import { cutOff, LETTERS, PHONE, setLetters, untilAllSeen, untilFits } from './layout.fixture.js';

/** None of them has a place to break. */
const ADDRESS = 'http://a-camera-with-a-very-long-name-in-which-there-is-no-place-to-break.invalid/';
const NAME = 'camera-with-a-long-name-in-the-north-east-corner-of-the-old-hall';

for (const width of [390, 320])
  for (const [letters, css] of Object.entries(LETTERS))
    inChromium(`a phone of ${width} pixels shows all, with letters that are ${letters}`, async (t) => {
      const { url } = await startHub(t, { garage: PATTERN, net: { source: ADDRESS }, [NAME]: PATTERN });
      const { page } = await visit(t, `${url}/`, { ...PHONE, viewport: { width, height: 640 } });
      await untilText(page, '[data-camera="net"] .problem', /no-place-to-break/);
      await setLetters(page, css);
      await untilFits(page);
      t.deepEqual(await cutOff(page, '.header :is(h1, button)'), []);
      for (const camera of ['net', NAME]) {
        await page.evaluate(`location.hash = '#/${camera}'`);
        await untilText(page, 'h1', new RegExp(camera));
        if (camera === 'net') await untilText(page, '.problems .problem', /no-place-to-break/);
        else await page.getByRole('slider', { name: 'Brightness' }).waitFor();
        await page.getByRole('combobox', { name: 'Format' }).waitFor();
        await page.evaluate(`for (const summary of document.querySelectorAll('summary')) summary.click()`);
        await untilFits(page);
        t.deepEqual(await cutOff(page, 'button, summary, label, .label, .state, dd, p'), []);
      }
    });

inChromium('a wall on a desk is seen at once, however large or wide the letters', async (t) => {
  // As many as leave no room below them.
  const { url } = await startHub(t, { garage: PATTERN, garden: PATTERN, door: PATTERN, [NAME]: PATTERN });
  const { page } = await visit(t, `${url}/`, { viewport: { width: 1280, height: 800 } });
  await untilText(page, '[data-camera="garden"] .figures', /\d+ ms.*1 viewer/);
  for (const css of Object.values(LETTERS)) {
    await setLetters(page, css);
    await untilFits(page);
    await untilAllSeen(page);
    t.deepEqual(await cutOff(page, '.header :is(h1, button), .state'), []);
  }
});

inChromium('the element says what it has to say within itself, whatever the letters', async (t) => {
  const { url } = await startHub(t);
  const small = 'style="width: 160px; height: 120px" fps="ten"';
  const { page } = await visit(t, await servePage(t, foreignPage(url, small)));
  const inside = `(() => {
    const view = document.querySelector('framehub-view');
    const note = view.shadowRoot?.querySelector('p');
    const [frame, box] = [view, note].map((element) => element?.getBoundingClientRect());
    return note?.textContent && box.left >= frame.left && box.right <= frame.right && box.top >= frame.top;
  })()`;
  for (const css of Object.values(LETTERS)) {
    await setLetters(page, css);
    await untilTrue(page, inside);
  }
  t.pass();
});
