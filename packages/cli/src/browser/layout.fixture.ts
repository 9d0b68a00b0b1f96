import type { Page } from 'playwright-core';
import { until } from './chromium.fixture.js';

export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** Letters as some people need them, and fonts as some machines have them. */
export const LETTERS = {
  'as usual': '',
  'half as large again': 'html { font-size: 24px }',
  wide: '* { letter-spacing: 0.12em !important; word-spacing: 0.16em !important }',
} as const;

/** In a way that the page's policy allows. */
export async function setLetters(page: Page, css: string): Promise<void> {
  await page.evaluate(`(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(${JSON.stringify(css)});
    document.adoptedStyleSheets = [sheet];
    dispatchEvent(new Event('resize'));
  })()`);
}

/**
 * Waits until there is nothing to the right that a finger would have to look for. What the window was opened with
 * counts: a phone makes it as wide as its content.
 */
export async function untilFits(page: Page): Promise<void> {
  const { width = 0 } = page.viewportSize() ?? {};
  const measure = `({
    width: Math.max(innerWidth, document.documentElement.scrollWidth),
    tooWide: [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > ${width} + 1)
      .map((element) => element.className || element.tagName)
      .slice(0, 5),
  })`;
  await until<{ width: number }>(
    page,
    () => page.evaluate(measure),
    (answer) => answer.width <= width,
  );
}

/** Waits until all of the page is seen at once. */
export async function untilAllSeen(page: Page): Promise<void> {
  const { height = 0 } = page.viewportSize() ?? {};
  await until<number>(
    page,
    () => page.evaluate('document.documentElement.scrollHeight'),
    (answer) => answer <= height,
  );
}

/** What elements say of which not all is seen. */
export async function cutOff(page: Page, selector: string): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})]
    .filter((element) => !element.matches('.spoken') && element.clientWidth > 0)
    .filter((e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 2)
    .map((element) => element.textContent || element.ariaLabel)`);
}
