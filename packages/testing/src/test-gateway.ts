import type { ExecutionContext, TestFn } from 'ava';
import type { FakeHub } from './fake-hub.js';
import { until } from './until.js';

/** A gateway under test, serving the cameras `garage` and `printer`, and a way to view them through it. */
export interface OpenGateway {
  /** What the gateway serves. */
  readonly hub: FakeHub;
  readonly gateway: { close(): Promise<void> };
  /** Connects a viewer of a camera, until the test ends. */
  watch(camera: string): Promise<unknown>;
  /** Frames of a camera that the gateway reports as sent. */
  sent(camera: string): number;
}

/**
 * Declares the tests that every gateway must pass: closing it releases cameras and hub, a removed camera takes its
 * viewers along and no others, and frames are counted for their camera.
 *
 * @param test AVA's `test`, of the caller's test file
 * @param open opens a gateway that the end of the test closes
 * @example
 * testGateway(test, async (t) => {
 *   const hub = new FakeHub('garage', 'printer');
 *   const gateway = new MyGateway(hub.broker, hub);
 *   t.teardown(() => gateway.close());
 *   return { hub, gateway, watch: (camera) => gateway.connect(camera), sent: (camera) => gateway.sent(camera) };
 * });
 */
export function testGateway(test: TestFn, open: (t: ExecutionContext) => Promise<OpenGateway>): void {
  const openWatched = async (t: ExecutionContext) => {
    const opened = await open(t);
    const { hub, watch } = opened;
    const [garage, printer] = [hub.camera('garage'), hub.camera('printer')];
    await watch('garage');
    await watch('printer');
    await until('both cameras have a viewer', () => garage.sinks.size === 1 && printer.sinks.size === 1);
    return { ...opened, garage, printer };
  };

  test('a closed gateway has released cameras and hub, however often it is closed', async (t) => {
    const { hub, gateway, garage, printer } = await openWatched(t);
    await Promise.all([gateway.close(), gateway.close()]);
    await gateway.close();
    t.deepEqual(hub.broker.topics(), []);
    t.deepEqual([garage.sinks.size, printer.sinks.size, hub.watchers], [0, 0, 0]);
  });

  test('a removed camera takes its viewers along, and no others', async (t) => {
    const { hub, garage, printer, sent } = await openWatched(t);
    hub.set('printer');
    await until('the garage has no viewer', () => garage.sinks.size === 0);
    printer.publish();
    await until('a frame of the printer was sent', () => sent('printer') === 1);
    t.deepEqual([...printer.sinks.keys()], ['printer/jpeg']);
  });

  test('frames are counted for their camera', async (t) => {
    const { garage, printer, sent } = await openWatched(t);
    garage.publish();
    await until('a frame of the garage was sent', () => sent('garage') === 1);
    t.is(sent('printer'), 0);
    printer.publish();
    await until('a frame of the printer was sent', () => sent('printer') === 1);
    t.is(sent('garage'), 1);
  });
}
