import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@framehub/testing';
import test from 'ava';
import { jpegLike, temporaryFolder } from '../snapshots.fixture.js';
import { HttpHub, NOON, sendNoFrame, sendSnapshot } from '../sources/http-hub.fixture.js';
import { Collecting, collected, indexLines } from './collecting.fixture.js';

/** A busy machine may miss ticks, which are counted too. */
function withoutLate({ late: _, ...reasons }: Readonly<Record<string, number>>): Record<string, number> {
  return reasons;
}

test('a hub is requested to take a fresh snapshot each time, which is stored with its time of capture', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  const collecting = new Collecting(t, { out, from: hub.url, camera: 'garage', every: '20ms', timeout: '60s' });
  await collecting.stored(3);
  const { reasons, repeated, problem } = await collecting.stop();
  t.deepEqual([withoutLate(reasons), repeated, problem], [{}, 0, undefined]);
  t.regex(hub.requests[0]?.url ?? '', /^\/snapshot\/garage\?max_age=0&timeout=\d+$/);
  t.is(hub.requests[1]?.headers['if-none-match'], '"garage-1"');
  t.deepEqual(collected(out).slice(0, 3), [1, 2, 3]);
  t.is(statSync(join(out, '000002.jpg')).mtime.getTime(), NOON + 2000);
  t.is(indexLines(out)[0], '1,2026-11-24T12:00:01.000Z,');
});

test('a hub without a frame is counted and reported, and the next snapshot is stored', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  hub.answer = (_, response) => sendNoFrame(response);
  const collecting = new Collecting(t, { out, from: hub.url, every: '20ms' });
  await collecting.missing('no-frame');
  t.regex(collecting.latest?.problem ?? '', /garage gave no frame within 1800 ms; it is retrying$/);
  t.deepEqual(collected(out), []);
  hub.answer = (_, response, number) => sendSnapshot(response, number);
  await collecting.stored(1);
  t.is((await collecting.stop()).problem, undefined);
});

test('within an interval, a request that failed is repeated', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  hub.answer = (_, response, number) => {
    if (number === 1) sendNoFrame(response);
    else if (number === 2) response.destroy();
    else sendSnapshot(response, number);
  };
  const collecting = new Collecting(t, { out, from: hub.url, every: '1h' });
  await collecting.stored(1);
  t.like(await collecting.stop(), { missing: 0 });
  t.deepEqual(collected(out), [3]);
  t.deepEqual(
    collecting.problems.map((problem) => problem.replace(/^[^ ]+ /, '')),
    ['garage gave no frame within 1800 ms; it is retrying', 'the connection was lost'],
  );
});

test('unchanged, broken and refused snapshots are not stored, and counted by reason', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  hub.answer = (_, response, number) => {
    if (number === 1) response.writeHead(304).end();
    else if (number === 2) response.writeHead(200).end('<html>');
    else if (number === 3) response.writeHead(200).end(jpegLike(3).subarray(0, 90));
    else if (number === 4) response.writeHead(200).end();
    else if (number === 5) sendNoFrame(response, 404);
    else sendSnapshot(response, number);
  };
  const collecting = new Collecting(t, { out, from: hub.url, every: '20ms', timeout: '60s' });
  await collecting.stored(1);
  const { missing, reasons } = await collecting.stop();
  t.deepEqual(withoutLate(reasons), { unchanged: 1, 'not-jpeg': 1, truncated: 1, empty: 1, refused: 1 });
  t.is(missing, 5 + (reasons.late ?? 0));
  t.is(collected(out)[0], 6);
});

test('a placeholder of ustreamer is not stored', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  hub.answer = (_, response) => {
    response.setHeader('X-UStreamer-Online', 'false');
    sendSnapshot(response, 1);
  };
  const collecting = new Collecting(t, { out, from: `${hub.url}/snapshot`, every: '20ms' });
  await collecting.missing('no-frame');
  await collecting.stop();
  t.is(hub.requests[0]?.url, '/snapshot', 'an address with a path is requested unchanged');
  t.deepEqual(collected(out), []);
});

test('a frame that arrives again is not stored again', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  hub.answer = (_, response, number) => sendSnapshot(response, Math.ceil(number / 2));
  const collecting = new Collecting(t, { out, from: hub.url, every: '20ms', timeout: '60s' });
  await collecting.stored(3);
  t.true((await collecting.stop()).repeated >= 2);
  t.deepEqual(collected(out).slice(0, 3), [1, 2, 3]);
});

test('an unreachable hub is tried again until it answers', async (t) => {
  const [out, first] = [temporaryFolder(t), await HttpHub.start(t)];
  const { port } = first;
  const collecting = new Collecting(t, { out, from: first.url, every: '20ms' });
  await collecting.stored(2);
  await first.close();
  await collecting.missing('unreachable');
  t.is(collecting.latest?.problem, `127.0.0.1:${port}: connection refused`);
  const before = collecting.latest?.stored ?? 0;
  const second = await HttpHub.start(t, port);
  second.answer = (_, response, number) => sendSnapshot(response, 1000 + number);
  await collecting.stored(before + 2);
  const { reasons } = await collecting.stop();
  t.true((reasons.late ?? 0) > 0, 'missed ticks are counted');
  t.deepEqual(collected(out).slice(before, before + 2), [1001, 1002]);
});

test('a request without an answer ends at the timeout', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  hub.answer = () => {};
  const collecting = new Collecting(t, { out, from: hub.url, every: '20ms' });
  await collecting.missing('timeout');
  t.regex(collecting.latest?.problem ?? '', /no answer in \d+ ms$/);
});

test('a password is sent, and not logged', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  hub.answer = (request, response, number) => {
    const isAnn = request.headers.authorization === `Basic ${Buffer.from('ann:secret').toString('base64')}`;
    if (isAnn && number > 1) sendSnapshot(response, number);
    else sendNoFrame(response, 401);
  };
  const collecting = new Collecting(t, {
    out,
    from: hub.url.replace('//', '//ann:secret@'),
    every: '20ms',
    timeout: '60s',
  });
  await collecting.stored(1);
  t.is((await collecting.stop()).reasons.refused, 1);
  t.notRegex(collecting.problems.join(), /secret/);
});

test('the signal ends collecting at once, and the folder is unlocked', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  const collecting = new Collecting(t, { out, from: hub.url, every: '1h' });
  await collecting.stored(1);
  t.like(await collecting.stop(), { stored: 1 });
  t.deepEqual(readdirSync(out).sort(), ['000001.jpg', 'index.csv']);
  hub.answer = () => {};
  const waiting = new Collecting(t, { out, from: hub.url, every: '1h' });
  await until(() => hub.requests.length === 2);
  t.like(await waiting.stop(), { stored: 0, missing: 0 });
});

test('a second collector in a folder is refused, and the first one continues', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  const first = new Collecting(t, { out, from: hub.url, every: '20ms' });
  await first.stored(1);
  const second = new Collecting(t, { out, from: hub.url, every: '20ms' });
  await t.throwsAsync(second.ended, { code: 'TIMELAPSE_FOLDER_IN_USE' });
  await first.stored((first.latest?.stored ?? 0) + 1);
});
