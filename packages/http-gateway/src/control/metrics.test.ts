import test, { type ExecutionContext } from 'ava';
import { serve } from '../gateway.fixture.js';
import { openStream } from '../raw-client.fixture.js';

const HTTP = '{camera="garage",gateway="http"}';

/** Reads all metrics. @returns the value of a series by its full name, NaN for an unknown one */
async function scrape(t: ExecutionContext, url: string): Promise<(series: string) => number> {
  const answer = await fetch(`${url}/metrics`);
  t.regex(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const lines = (await answer.text()).split('\n');
  return (series) => Number(lines.find((line) => line.startsWith(`${series} `))?.slice(series.length));
}

test('/metrics has every documented name, with its value', async (t) => {
  const { garage, port, url } = await serve(t, { repeatAfter: 600_000 });
  const viewer = await openStream(t, port);
  garage.publish();
  const [part] = await viewer.parts(1);
  const value = await scrape(t, url);
  t.is(value('framehub_frames_captured_total{camera="garage"}'), 1);
  t.is(value('framehub_frames_dropped_total{camera="garage",reason="overrun"}'), 2);
  t.is(value('framehub_frames_dropped_total{camera="garage",gateway="http",reason="slow-viewer"}'), 0);
  t.is(value(`framehub_frames_sent_total${HTTP}`), 1);
  t.true(value(`framehub_sent_bytes_total${HTTP}`) > (part?.data.length ?? 0));
  t.is(value('framehub_encode_duration_seconds_bucket{camera="garage",le="0.01"}'), 1);
  t.is(value('framehub_encode_duration_seconds_count{camera="garage"}'), 1);
  t.is(value('framehub_frame_age_seconds_bucket{camera="garage",gateway="http",le="+Inf"}'), 1);
  t.true(value('framehub_last_frame_timestamp_seconds{camera="garage"}') > 1.7e9);
  t.is(value(`framehub_clients${HTTP}`), 1);
  t.is(value('framehub_camera_up{camera="printer"}'), 1);
  t.is(value('framehub_camera_restarts_total{camera="garage"}'), 1);
  t.is(value('framehub_camera_failures_total{camera="garage",reason="capture_stalled"}'), 1);
  t.is(value('framehub_camera_frozen{camera="garage"}'), 0);
  t.is(value('framehub_camera_state{camera="garage",state="live"}'), 1);
  t.is(value('framehub_camera_state{camera="garage",state="off"}'), 0);
  t.is(value('framehub_clients_dropped_total{gateway="http",reason="limit"}'), 0);
  t.is(value(`framehub_build_info{version="0.0.0-test",codec="test codec",node="${process.version}"}`), 1);
  t.true(value('process_resident_memory_bytes') > 0);
});

test('a camera with a placeholder, or off, is not up, and its state and failures show why', async (t) => {
  const { garage, url } = await serve(t);
  const upAs = async (changes: typeof garage.changes) => {
    garage.changes = changes;
    const value = await scrape(t, url);
    const states = ['starting', 'live', 'standby', 'retrying', 'off', 'closed'];
    const is = states.filter((state) => value(`framehub_camera_state{camera="garage",state="${state}"}`) === 1);
    t.deepEqual(is, [garage.status().state]);
    return value('framehub_camera_up{camera="garage"}');
  };
  t.is(await upAs({}), 1);
  t.is(await upAs({ state: 'standby' }), 1);
  t.is(await upAs({ placeholder: 'NO SIGNAL' }), 0);
  t.is(await upAs({ state: 'retrying' }), 0);
  t.is(await upAs({ state: 'off', placeholder: 'CAMERA OFF' }), 0);
  garage.changes = { frozenSince: Date.now() - 6000, failures: { CAPTURE_STALLED: 2, CAPTURE_DEVICE_GONE: 3 } };
  const value = await scrape(t, url);
  t.is(value('framehub_camera_frozen{camera="garage"}'), 1);
  t.is(value('framehub_camera_failures_total{camera="garage",reason="capture_stalled"}'), 2);
  t.is(value('framehub_camera_failures_total{camera="garage",reason="capture_device_gone"}'), 3);
});

test('placeholders count as bytes, but not as frames, and have no age', async (t) => {
  const { garage, port, url } = await serve(t, { repeatAfter: 600_000 });
  const viewer = await openStream(t, port);
  garage.publish({ placeholder: 'NO SIGNAL' });
  const [placeholder] = await viewer.parts(1);
  await (await fetch(`${url}/snapshot?placeholder=1&timeout=1`)).arrayBuffer();
  const value = await scrape(t, url);
  t.is(value(`framehub_frames_sent_total${HTTP}`), 0);
  t.is(value('framehub_frame_age_seconds_count{camera="garage",gateway="http"}'), 0);
  t.true(value(`framehub_sent_bytes_total${HTTP}`) > 2 * (placeholder?.data.length ?? 0));
  garage.publish();
  await viewer.parts(2);
  t.is((await scrape(t, url))(`framehub_frames_sent_total${HTTP}`), 1);
});

test('a removed camera has no metrics, and begins at zero when it is added again', async (t) => {
  const { hub, garage, port, url, gateway } = await serve(t, { repeatAfter: 600_000 });
  const viewer = await openStream(t, port);
  garage.publish();
  await viewer.parts(1);
  hub.set('printer');
  const text = await (await fetch(`${url}/metrics`)).text();
  t.regex(text, /camera="printer"/);
  t.notRegex(text, /garage/);
  t.deepEqual(Object.keys(gateway.stats().cameras), ['printer']);
  hub.set('printer', 'garage');
  const value = await scrape(t, url);
  t.is(value(`framehub_frames_sent_total${HTTP}`), 0);
  t.is(value(`framehub_clients${HTTP}`), 0);
});
