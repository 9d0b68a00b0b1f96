import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { buildRig, rig } from '../../../bench/lib/rig.mjs';
import { SCENES } from './scenes.mjs';

/**
 * Takes the pictures of the page in docs/: node packages/page/tools/screenshots.mjs [folder]. Needs what is built,
 * Chromium, and what the bench needs: one of the cameras is the bench's, which has controls.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const out = process.argv[2] ?? join(root, 'docs');
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FRAMES = 24;
const MOST_BYTES = 200_000;

const SHOTS = [
  { file: 'wall.png', path: '', width: 1280, height: 812, colorScheme: 'dark' },
  { file: 'camera.png', path: '#/printer', width: 1280, height: 1060, colorScheme: 'light' },
  {
    file: 'phone.png',
    path: '#/garden',
    width: 390,
    height: 800,
    colorScheme: 'dark',
    deviceScaleFactor: 2,
    isMobile: true,
  },
];

/** The bench's camera, and what it sees. */
const DEVICE = { path: '/dev/video77', scene: 'printer' };

const folder = await mkdtemp(join(tmpdir(), 'framehub-screenshots-'));
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  buildRig();
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  for (const [name, draw] of Object.entries(SCENES)) await film(page, name, draw);
  await page.close();
  const hub = await serve();
  try {
    for (const shot of SHOTS) await take(hub.url, shot);
  } finally {
    await hub.stop();
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}

/** A scene as a folder of JPEGs, which a camera can be made of. */
async function film(page, name, draw) {
  await mkdir(join(folder, name));
  for (let frame = 0; frame < FRAMES; frame++) {
    await page.setContent(`<body style="margin:0">${draw(frame / FRAMES)}`);
    const picture = await page.screenshot({ type: 'jpeg', quality: 88 });
    const extension = name === DEVICE.scene ? 'raw' : 'jpg';
    await writeFile(join(folder, name, `${String(frame).padStart(3, '0')}.${extension}`), picture);
  }
}

/** framehub as a user starts it, with the bench's camera preloaded: `{ url, stop() }`. */
async function serve() {
  const source = (name) => (name === DEVICE.scene ? DEVICE.path : `file:${join(folder, name)}`);
  const cameras = Object.fromEntries(Object.keys(SCENES).map((name) => [name, { source: source(name), fps: 10 }]));
  const config = join(folder, 'framehub.json');
  await writeFile(config, JSON.stringify({ cameras, http: { host: '127.0.0.1', port: 0 } }));
  const child = spawn(process.execPath, [join(root, 'packages/cli/dist/main.js'), '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      LD_PRELOAD: rig.camera,
      FAKEV4L2_DEV: DEVICE.path,
      FAKEV4L2_FRAMES: join(folder, DEVICE.scene),
      FAKEV4L2_FOURCC: 'MJPG',
      FAKEV4L2_W: '1280',
      FAKEV4L2_H: '720',
      FAKEV4L2_FPS: '10',
    },
  });
  const ended = once(child, 'exit');
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const opened = /open (http:[^\s"]+)/.exec(line)?.[1];
      if (opened) resolve(opened);
    });
    void ended.then(([status]) => reject(new Error(`framehub ended with ${status}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { url, stop };
}

async function take(url, { file, path, width, height, ...options }) {
  const page = await browser.newPage({ viewport: { width, height }, ...options });
  await page.goto(url + path);
  // Until rates have been told: they are measured over some seconds.
  const settled = `(() => {
    const texts = [...document.querySelectorAll('.figures, .facts')].map((element) => element.textContent);
    const isSettled = (text) =>
      [...text.matchAll(/([\\d.]+) fps/g)].every(([, fps]) => fps > 9.4) && / ms.*1 viewer/s.test(text);
    return texts.length > 0 && texts.every(isSettled);
  })()`;
  while (!(await page.evaluate(settled))) await page.waitForTimeout(100);
  const plain = join(folder, file);
  await page.screenshot({ path: plain });
  await page.close();
  // With a palette they are a third as large, and look the same.
  const palette = 'split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=bayer:bayer_scale=4';
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', '-i', plain, '-vf', palette, join(out, file)]);
  const { size } = await stat(join(out, file));
  console.log(`${file}: ${size} bytes`);
  if (size > MOST_BYTES) throw new Error(`${file} is larger than ${MOST_BYTES} bytes`);
}
