import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { JPEGS, play } from '@framehub/testing';
import test from 'ava';
import { type Browser, chromium, type Page } from 'playwright-core';
import { serve } from './gateway.fixture.js';

/** The real programs, as far as this machine has them. */
const run = promisify(execFile);
const which = (...names: string[]): string | undefined =>
  names
    .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
    .find((file) => existsSync(file));

const CURL = which('curl');
const FFMPEG = which('ffmpeg');
const CHROMIUM = which('chromium', 'chromium-browser', 'google-chrome');
// Debian's OpenCV belongs to Debian's Python, which need not be the first in PATH.
const PYTHONS = ['/usr/bin/python3', which('python3')].filter((file) => file !== undefined && existsSync(file));
const PYTHON = await findOpenCv(PYTHONS as string[]);

async function findOpenCv(pythons: readonly string[]): Promise<string | undefined> {
  for (const python of pythons) {
    const works = await run(python, ['-c', 'import cv2']).then(
      () => true,
      () => false,
    );
    if (works) return python;
  }
  return undefined;
}

const whereThereIs = (program: string | undefined, name: string) => {
  if (program === undefined) console.warn(`SKIPPED: no ${name} on this machine`);
  return program === undefined ? test.skip : test;
};

whereThereIs(CURL, 'curl')('curl reads /stream, and a snapshot into a file', async (t) => {
  const { garage, url } = await serve(t);
  play(t, garage, 30, JPEGS);
  const stream = spawn(CURL as string, ['-sSN', `${url}/stream`]);
  t.teardown(() => stream.kill());
  let received = Buffer.alloc(0);
  for await (const chunk of stream.stdout) {
    received = Buffer.concat([received, chunk]);
    if (JPEGS.every((frame) => received.includes(Buffer.from(frame)))) break;
  }
  t.is(received.toString('latin1', 0, 2), '--');
  const { stdout } = await run(CURL as string, ['-sSf', `${url}/snapshot.jpg`], { encoding: 'buffer' });
  t.true(stdout.equals(JPEGS[0]) || stdout.equals(JPEGS[1]));
});

whereThereIs(FFMPEG, 'ffmpeg')('FFmpeg decodes /stream, red and blue in turn', async (t) => {
  const { garage, url } = await serve(t);
  play(t, garage, 30, JPEGS);
  const decode = ['-v', 'error', '-i', `${url}/stream`, '-frames:v', '10', '-vf', 'scale=1:1', '-pix_fmt', 'rgb24'];
  const { stdout, stderr } = await run(FFMPEG as string, [...decode, '-f', 'rawvideo', '-'], { encoding: 'buffer' });
  t.is(stderr.toString(), '');
  t.is(stdout.length, 30);
  const colours = Array.from({ length: 10 }, (_, i) => ((stdout[3 * i] ?? 0) > 128 ? 'red' : 'blue'));
  t.deepEqual([...new Set(colours)].sort(), ['blue', 'red']);
});

whereThereIs(PYTHON, 'python3 with OpenCV')('OpenCV reads /stream', async (t) => {
  const { garage, url } = await serve(t);
  play(t, garage, 30, JPEGS);
  const script = `
import cv2
camera = cv2.VideoCapture('${url}/stream')
frames = [camera.read() for _ in range(10)]
print(all(ok for ok, _ in frames), frames[0][1].shape, len({int(frame[24, 32, 2]) > 128 for _, frame in frames}))
`;
  const { stdout } = await run(PYTHON as string, ['-c', script]);
  t.is(stdout.trim(), 'True (48, 64, 3) 2');
});

async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM as string,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

/** Runs in the page: the colour in the middle of a frame. */
const COLOUR = `(image) => {
  if (!image || !image.naturalWidth) return 'nothing';
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0, 1, 1);
  const [red, , blue] = context.getImageData(0, 0, 1, 1).data;
  return red > blue ? 'red' : 'blue';
}`;
/** Asks from outside: the page's own policy lets nothing be evaluated within. */
async function untilTrue(page: Page, expression: string): Promise<void> {
  while (!(await page.evaluate(expression))) await page.waitForTimeout(10);
}
const shows = (colour: string) => `(${COLOUR})(document.querySelector('img')) === '${colour}'`;

whereThereIs(CHROMIUM, 'chromium')(
  'Chromium paints every frame of an <img> without waiting for the next',
  async (t) => {
    // Nothing is sent again: what is painted was painted from the part itself.
    const { garage, gateway, url } = await serve(t, { repeatAfter: 600_000 });
    const browser = await openBrowser();
    t.teardown(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`${url}/healthz`);
    const watched = new Promise<void>((resolve) => {
      garage.onDemand = () => resolve();
    });
    await page.setContent('<img src="/stream">', { waitUntil: 'commit' });
    await watched;
    for (const [i, colour] of (['red', 'blue', 'red', 'blue'] as const).entries()) {
      garage.publish({ data: JPEGS[colour === 'red' ? 0 : 1] });
      await untilTrue(page, shows(colour));
      t.is(gateway.stats().cameras.garage?.framesSent, i + 1);
    }
  },
);

whereThereIs(CHROMIUM, 'chromium')('a page of another origin may fetch the stream', async (t) => {
  const dashboard = await serve(t);
  const { garage, url } = await serve(t);
  play(t, garage, 30, JPEGS);
  const browser = await openBrowser();
  t.teardown(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${dashboard.url}/healthz`);
  const text = await page.evaluate(`(async () => {
    const response = await fetch('${url}/stream&timestamp=1', { mode: 'cors' });
    const reader = response.body.getReader();
    let text = '';
    while (!text.includes('Content-Length')) text += new TextDecoder('latin1').decode((await reader.read()).value);
    await reader.cancel();
    return response.headers.get('content-type') + ' ' + text.slice(0, 2);
  })()`);
  t.is(text, 'multipart/x-mixed-replace; boundary=boundarydonotcross --');
});
