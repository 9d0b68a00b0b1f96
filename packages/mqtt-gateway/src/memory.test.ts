import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FakeHub, picture, play, until } from '@framehub/testing';
import { Listener, run } from './client.fixture.js';
import { SERVERS } from './servers.fixture.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What the process holds on to, in bytes. */
function held(): number {
  // What the first round sets free, the second finds.
  for (let round = 0; round < 2; round++) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const PICTURE = 1_000_000;

for (const { name, test, start } of SERVERS) {
  test(`${name}: the server stops and starts ten times, and not one picture stays behind`, async (t) => {
    const server = await start(t);
    const hub = new FakeHub('garage');
    const garage = hub.camera('garage');
    const large = picture(PICTURE);
    // Each a piece of memory of its own, as from an encoder.
    garage.paint = () => large.slice();
    const { gateway } = await run(t, { url: server.url, camera: { every: 100 } }, hub);
    play(t, garage);
    const snapshots = (): number => gateway.stats().cameras[0]?.snapshots ?? 0;
    const round = async (): Promise<void> => {
      await server.stop();
      const before = snapshots();
      await until(() => gateway.stats().link?.connected === false && snapshots() > before + 2);
      await server.start();
      const client = await Listener.connect(t, server.url, 'framehub/garage/snapshot');
      await client.hear('framehub/garage/snapshot');
      client.forget();
      await client.client.endAsync(true);
    };
    // Code that runs for the first time is compiled, and stays.
    for (let warm = 0; warm < 2; warm++) await round();
    const before = held();
    for (let rounds = 0; rounds < 10; rounds++) await round();
    const grown = held() - before;
    // Half of what one picture a round would be.
    t.true(grown < 5 * PICTURE, `${grown} bytes more`);
  });
}
