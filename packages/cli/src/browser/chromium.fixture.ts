import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type Browser, type BrowserContextOptions, type ConsoleMessage, chromium, type Page } from 'playwright-core';

/** The machine's own Chromium. */
export const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find((file) => existsSync(file));

/** A name that could be a foreign page's, and means this machine here. */
export const PUBLIC_NAME = 'camera.example.com';

export const CHROMIUM_ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  `--host-resolver-rules=MAP ${PUBLIC_NAME} 127.0.0.1`,
];

/** One after another: a browser is a heavy thing. Skipped aloud where there is none. */
export const inChromium = whereThereIsOne();

function whereThereIsOne() {
  if (CHROMIUM !== undefined) return test.serial;
  console.warn('SKIPPED: no chromium on this machine');
  return test.skip;
}

let opened: Promise<Browser> | undefined;
test.after.always(async () => (await opened)?.close());

export interface Visit {
  readonly page: Page;
  /** Errors and warnings of the console, and what was thrown. */
  readonly problems: readonly string[];
  /** Addresses of other hosts that were asked for anything. */
  readonly foreign: readonly string[];
}

/** Opens an address in a browser that knows nothing of other visits, until the test ends. */
export async function visit(t: ExecutionContext, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  opened ??= chromium.launch({ executablePath: CHROMIUM as string, args: CHROMIUM_ARGUMENTS });
  const context = await (await opened).newContext({ viewport: { width: 1280, height: 800 }, ...options });
  t.teardown(() => context.close());
  // Playwright's own half minute is short for a machine that does other things as well.
  context.setDefaultTimeout(IN_VAIN);
  const page = await context.newPage();
  const problems: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(problemOf(message));
  });
  page.on('pageerror', (error) => problems.push(error.message));
  const host = new URL(url).host;
  const look = (address: string): void => {
    const { protocol, host: asked } = new URL(address);
    if (!['data:', 'blob:'].includes(protocol) && asked !== host) foreign.push(address);
  };
  page.on('request', (request) => look(request.url()));
  page.on('websocket', (socket) => look(socket.url()));
  await page.goto(url, { waitUntil: 'commit' });
  return { page, problems, foreign };
}

/** With the path that could not be had, which Chromium does not say in the text. */
function problemOf(message: ConsoleMessage): string {
  const { url } = message.location();
  if (!message.text().startsWith('Failed to load resource')) return message.text();
  return `${message.text()} ${URL.canParse(url) ? new URL(url).pathname : url}`;
}

/** What is wrong beside what has to be: Chromium writes into the console itself when a server is gone, or refuses. */
export function unexpectedProblems(problems: readonly string[], ...expected: readonly RegExp[]): readonly string[] {
  return problems.filter((problem) => !expected.some((text) => text.test(problem)));
}

/** Milliseconds after which a test fails with what it waits for in vain, before its own time is up. */
const IN_VAIN = 60_000;

/** Waits for an answer that is good. It is asked from outside: the page's own policy lets nothing be evaluated within. */
export async function until<T>(page: Page, ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + IN_VAIN;
  for (;;) {
    const answer = await ask();
    if (good(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`waited in vain; the last answer is ${JSON.stringify(answer)}`);
    await page.waitForTimeout(20);
  }
}

export async function untilTrue(page: Page, expression: string): Promise<void> {
  await until(
    page,
    () => page.evaluate(expression),
    (answer) => answer === true,
  ).catch((error) => {
    throw new Error(`${expression}: ${error.message}`);
  });
}

/** Waits until elements show a text that matches. */
export async function untilText(page: Page, selector: string, text: RegExp): Promise<void> {
  const read = `[...document.querySelectorAll(${JSON.stringify(selector)})].map((e) => e.textContent).join(' ')`;
  await until<string>(
    page,
    () => page.evaluate(read),
    (answer) => text.test(answer),
  );
}
