import type { ExecutionContext, TestFn } from 'ava';
import type { FakeHub } from './fake-hub.js';
import { until } from './until.js';

/** A gateway to the cameras `garage` and `printer`, with a way to look through it. */
export interface OpenGateway {
  readonly house: FakeHub;
  readonly gateway: { close(): Promise<void> };
  /** Lets somebody watch a camera until the test ends. */
  watch(camera: string): Promise<unknown>;
  /** Pictures of a camera that the gateway says it has sent. */
  sent(camera: string): number;
}

/** What is promised of every gateway. `test` is the caller's: this package is also loaded where no tests run. */
export function testGateway(test: TestFn, open: (t: ExecutionContext) => Promise<OpenGateway>): void {
  const openWatched = async (t: ExecutionContext) => {
    const opened = await open(t);
    const { house, watch } = opened;
    const [garage, printer] = [house.camera('garage'), house.camera('printer')];
    await watch('garage');
    await watch('printer');
    await until(() => garage.sinks.size === 1 && printer.sinks.size === 1);
    return { ...opened, garage, printer };
  };

  test('a gateway that is closed has let go of cameras and hub, however often it is closed', async (t) => {
    const { house, gateway, garage, printer } = await openWatched(t);
    await Promise.all([gateway.close(), gateway.close()]);
    await gateway.close();
    t.deepEqual(house.broker.topics(), []);
    t.deepEqual([garage.sinks.size, printer.sinks.size, house.watchers], [0, 0, 0]);
  });

  test('a camera that leaves takes its viewers with it, and no others', async (t) => {
    const { house, garage, printer, sent } = await openWatched(t);
    house.set('printer');
    await until(() => garage.sinks.size === 0);
    printer.publish();
    await until(() => sent('printer') === 1);
    t.deepEqual([...printer.sinks.keys()], ['printer/jpeg']);
  });

  test('pictures are counted for the camera that they are of', async (t) => {
    const { garage, printer, sent } = await openWatched(t);
    garage.publish();
    await until(() => sent('garage') === 1);
    t.is(sent('printer'), 0);
    printer.publish();
    await until(() => sent('printer') === 1);
    t.is(sent('garage'), 1);
  });
}
