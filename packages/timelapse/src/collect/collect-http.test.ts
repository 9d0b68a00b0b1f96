import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { jpegLike, temporaryFolder } from '../pictures.fixture.js';
import { HttpHub, NOON, sendNothing, sendPicture } from '../sources/http-hub.fixture.js';
import { until } from '../until.fixture.js';
import { Collecting, collected, indexLines } from './collecting.fixture.js';

/** A busy machine may come late now and then, which is counted too. */
function withoutLate({ late: _, ...reasons }: Readonly<Record<string, number>>): Record<string, number> {
  return reasons;
}

test('a hub is asked for a fresh picture each time, which is stored with its time of capture', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  const collecting = new Collecting(t, { out, from: hub.url, camera: 'garage', every: '20ms', patience: '60s' });
  await collecting.stored(3);
  const { reasons, repeated, problem } = await collecting.stop();
  t.deepEqual([withoutLate(reasons), repeated, problem], [{}, 0, undefined]);
  t.regex(hub.requests[0]?.url ?? '', /^\/snapshot\/garage\?max_age=0&timeout=\d+$/);
  t.is(hub.requests[1]?.headers['if-none-match'], '"garage-1"');
  t.deepEqual(collected(out).slice(0, 3), [1, 2, 3]);
  t.is(statSync(join(out, '000002.jpg')).mtime.getTime(), NOON + 2000);
  t.is(indexLines(out)[0], '1,2026-11-24T12:00:01.000Z,');
});

test('no picture now is counted, shown and never stored, and the next one is', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  hub.answer = (_, response) => sendNothing(response);
  const collecting = new Collecting(t, { out, from: hub.url, every: '20ms' });
  await collecting.missing('no-picture');
  t.regex(collecting.latest?.problem ?? '', /garage gave no picture within 1800 ms; it is waiting$/);
  t.deepEqual(collected(out), []);
  hub.answer = (_, response, number) => sendPicture(response, number);
  await collecting.stored(1);
  t.is((await collecting.stop()).problem, undefined);
});

test('within an interval a hub that fails is asked again, so that an hour is not lost to a moment', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  hub.answer = (_, response, number) => {
    if (number === 1) sendNothing(response);
    else if (number === 2) response.destroy();
    else sendPicture(response, number);
  };
  const collecting = new Collecting(t, { out, from: hub.url, every: '1h' });
  await collecting.stored(1);
  t.like(await collecting.stop(), { missing: 0 });
  t.deepEqual(collected(out), [3]);
  t.deepEqual(
    collecting.problems.map((problem) => problem.replace(/^[^ ]+ /, '')),
    ['garage gave no picture within 1800 ms; it is waiting', 'the connection was cut'],
  );
});

test('what is unchanged, no whole JPEG, a card, or refused, is not stored and counted by reason', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  hub.answer = (_, response, number) => {
    if (number === 1) response.writeHead(304).end();
    else if (number === 2) response.writeHead(200).end('<html>');
    else if (number === 3) response.writeHead(200).end(jpegLike(3).subarray(0, 90));
    else if (number === 4) response.writeHead(200).end();
    else if (number === 5) sendNothing(response, 404);
    else sendPicture(response, number);
  };
  const collecting = new Collecting(t, { out, from: hub.url, every: '20ms', patience: '60s' });
  await collecting.stored(1);
  const { missing, reasons } = await collecting.stop();
  t.deepEqual(withoutLate(reasons), { unchanged: 1, 'not-jpeg': 1, truncated: 1, empty: 1, refused: 1 });
  t.is(missing, 5 + (reasons.late ?? 0));
  t.is(collected(out)[0], 6);
});

test('a card that ustreamer shows in place of a picture is none', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  hub.answer = (_, response) => {
    response.setHeader('X-UStreamer-Online', 'false');
    sendPicture(response, 1);
  };
  const collecting = new Collecting(t, { out, from: `${hub.url}/snapshot`, every: '20ms' });
  await collecting.missing('no-picture');
  await collecting.stop();
  t.is(hub.requests[0]?.url, '/snapshot', 'an address with a path is asked as it is');
  t.deepEqual(collected(out), []);
});

test('a frame that comes again is not stored again', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  hub.answer = (_, response, number) => sendPicture(response, Math.ceil(number / 2));
  const collecting = new Collecting(t, { out, from: hub.url, every: '20ms', patience: '60s' });
  await collecting.stored(3);
  t.true((await collecting.stop()).repeated >= 2);
  t.deepEqual(collected(out).slice(0, 3), [1, 2, 3]);
});

test('a hub that is away is waited for, for ever', async (t) => {
  const [out, first] = [temporaryFolder(t), await HttpHub.start(t)];
  const { port } = first;
  const collecting = new Collecting(t, { out, from: first.url, every: '20ms' });
  await collecting.stored(2);
  await first.close();
  await collecting.missing('unreachable');
  t.is(collecting.latest?.problem, `127.0.0.1:${port}: nobody listens there`);
  const before = collecting.latest?.stored ?? 0;
  const second = await HttpHub.start(t, port);
  second.answer = (_, response, number) => sendPicture(response, 1000 + number);
  await collecting.stored(before + 2);
  const { reasons } = await collecting.stop();
  t.true((reasons.late ?? 0) > 0, 'what was due meanwhile is counted');
  t.deepEqual(collected(out).slice(before, before + 2), [1001, 1002]);
});

test('an answer that does not come is given up', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  hub.answer = () => {};
  const collecting = new Collecting(t, { out, from: hub.url, every: '20ms' });
  await collecting.missing('timeout');
  t.regex(collecting.latest?.problem ?? '', /no answer in \d+ ms$/);
});

test('a password is sent, and not shown', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  hub.answer = (request, response, number) => {
    const isAnn = request.headers.authorization === `Basic ${Buffer.from('ann:secret').toString('base64')}`;
    if (isAnn && number > 1) sendPicture(response, number);
    else sendNothing(response, 401);
  };
  const collecting = new Collecting(t, {
    out,
    from: hub.url.replace('//', '//ann:secret@'),
    every: '20ms',
    patience: '60s',
  });
  await collecting.stored(1);
  t.is((await collecting.stop()).reasons.refused, 1);
  t.notRegex(collecting.problems.join(), /secret/);
});

test('the signal ends it at once, with the folder given back', async (t) => {
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

test('a second collector in a folder is refused, and the first one goes on', async (t) => {
  const [out, hub] = [temporaryFolder(t), await HttpHub.start(t)];
  const first = new Collecting(t, { out, from: hub.url, every: '20ms' });
  await first.stored(1);
  const second = new Collecting(t, { out, from: hub.url, every: '20ms' });
  await t.throwsAsync(second.ended, { code: 'TIMELAPSE_FOLDER_IN_USE' });
  await first.stored((first.latest?.stored ?? 0) + 1);
});
