import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspectJpeg, isBroken } from '@framehub/frame';
import test, { type ExecutionContext } from 'ava';
import { jpegLike, numberIn, temporaryFolder } from '../snapshots.fixture.js';
import { HttpHub, sendSnapshot } from '../sources/http-hub.fixture.js';
import { collected, indexLines } from './collecting.fixture.js';

const COLLECTOR = fileURLToPath(new URL('./collector.fixture.js', import.meta.url));

function startCollector(t: ExecutionContext, options: object): ChildProcess {
  const child = spawn(process.execPath, [COLLECTOR, JSON.stringify(options)], { stdio: 'inherit' });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

test('killed while it writes, again and again, a collector loses, truncates and repeats nothing', async (t) => {
  t.timeout(80_000);
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  const options = { out, from: hub.url, every: '20ms' };
  const snapshots = () => readdirSync(out).filter((name) => /^\d+\.jpg$/.test(name));
  for (const more of [1, 2, 3, 5, 8]) {
    const enough = snapshots().length + more;
    let seen: string[] = [];
    const child = startCollector(t, options);
    const exited = once(child, 'exit');
    hub.answer = (_, response, number) => {
      // It is killed while it writes: the last snapshot has just gone out.
      if (snapshots().length >= enough)
        response.once('finish', () => {
          seen = snapshots();
          child.kill('SIGKILL');
        });
      sendSnapshot(response, number, jpegLike(number, 300_000));
    };
    t.deepEqual(await exited, [null, 'SIGKILL']);
    t.true(seen.length >= enough);
    t.deepEqual(snapshots().slice(0, seen.length), seen, 'what was stored before is there');
    for (const file of snapshots()) t.false(isBroken(inspectJpeg(readFileSync(join(out, file)))), file);
  }
  const child = startCollector(t, options);
  const exited = once(child, 'exit');
  const last = hub.requests.length + 3;
  hub.answer = (_, response, number) => {
    sendSnapshot(response, number);
    if (number === last) child.kill('SIGTERM');
  };
  t.deepEqual(await exited, [0, null]);
  const numbers = collected(out);
  t.deepEqual(
    numbers,
    [...new Set(numbers)].sort((a, b) => a - b),
    'rising, and none twice',
  );
  const files = readdirSync(out).sort();
  t.deepEqual(files, [...numbers.map((_, i) => `${String(i + 1).padStart(6, '0')}.jpg`), 'index.csv']);
  t.deepEqual(
    indexLines(out).map((line) => line.split(',')[0]),
    numbers.map((_, i) => String(i + 1)),
  );
  // Each line has the time of its snapshot, which is that many seconds after noon.
  for (const line of indexLines(out)) {
    const [number = '', time = ''] = line.split(',');
    const jpeg = readFileSync(join(out, `${number.padStart(6, '0')}.jpg`));
    t.is((Date.parse(time) - Date.parse('2026-11-24T12:00:00Z')) / 1000, numberIn(jpeg));
  }
});
