import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { inChromium, untilText, visit } from './chromium.fixture.js';
import { PATTERN, startHub } from './hub.fixture.js';
import { PHONE, untilFits } from './layout.fixture.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe calls serious or critical, in a form that includes where. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate(`axe.run(document, { resultTypes: ['violations'] })`)) as {
    violations: readonly Violation[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

for (const [where, options] of [
  ['dark', { colorScheme: 'dark' }],
  ['light', { colorScheme: 'light' }],
  ['on a phone', PHONE],
] as const) {
  inChromium(`axe finds nothing serious on wall and camera page, ${where}`, async (t) => {
    const { url } = await startHub(t, {
      garage: PATTERN,
      door: { source: '/dev/video77' },
      attic: { ...PATTERN, enabled: false },
    });
    const { page } = await visit(t, `${url}/`, options);
    await untilText(page, '[data-camera="garage"]', /live/);
    await untilText(page, '[data-camera="door"]', /is not there/);
    t.deepEqual(await faultsOf(page), []);
    for (const camera of ['garage', 'door', 'attic']) {
      await page.evaluate(`location.hash = '#/${camera}'`);
      await untilText(page, 'h1', new RegExp(camera));
      await page.getByRole('combobox', { name: 'Format' }).waitFor();
      if (camera === 'garage') await page.getByRole('slider', { name: 'Brightness' }).waitFor();
      for (const summary of await page.locator('summary').all()) await summary.click();
      t.deepEqual(await faultsOf(page), []);
    }
  });
}

inChromium('who wants no motion gets none, and who zooms the page in loses nothing', async (t) => {
  const { url } = await startHub(t);
  const { page } = await visit(t, `${url}/#/garage`, {
    reducedMotion: 'reduce',
    viewport: { width: 320, height: 640 },
  });
  await page.getByRole('slider', { name: 'Brightness' }).waitFor();
  const durations = `[...document.querySelectorAll('*')].map((e) => getComputedStyle(e)).flatMap((s) => [s.transitionDuration, s.animationDuration])`;
  t.deepEqual(await page.evaluate(`${durations}.filter((text) => /[1-9]/.test(text))`), []);
  await untilFits(page);
});
