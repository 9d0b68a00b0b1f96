import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FakeHub, jpeg, play, until } from '@framehub/testing';
import { Listener, run } from './client.fixture.js';
import { SERVERS } from './servers.fixture.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes that the process keeps after garbage collection. */
function held(): number {
  // The second round collects what the first one released.
  for (let round = 0; round < 2; round++) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const FRAME_BYTES = 1_000_000;

for (const { name, test, start } of SERVERS) {
  test(`${name}: the server stops and starts ten times, and no frame is leaked`, async (t) => {
    const server = await start(t);
    const hub = new FakeHub('garage');
    const garage = hub.camera('garage');
    const large = jpeg(FRAME_BYTES);
    // Each frame has memory of its own, as from an encoder.
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
    // The first rounds compile code, which stays in memory.
    for (let warm = 0; warm < 2; warm++) await round();
    const before = held();
    for (let rounds = 0; rounds < 10; rounds++) await round();
    const grown = held() - before;
    // Half of one frame per round.
    t.true(grown < 5 * FRAME_BYTES, `${grown} bytes more`);
  });
}
