import test from 'ava';
import { faultsOf } from './commit-message.mjs';

for (const subject of [
  'feat(http): stream over HTTP/1.1',
  'refactor(frame,broker)!: keep the latest frame',
  'docs: say how to report a vulnerability',
  'Merge branch main',
])
  test(`accepted: ${subject}`, (t) => t.deepEqual(faultsOf(`${subject}\n\nbecause`), []));

for (const [message, fault] of [
  ['stream faster', /type\(scope\)/],
  ['feature(http): stream', /type\(scope\)/],
  [`fix(http): ${'x'.repeat(72)}`, /at most 72 characters, not 83/],
  ['fix(http): added a limit', /imperative/],
  ['fix(http): add a limit.', /full stop/],
  ['fix(http): add a limit\nand more', /second line/],
])
  test(`refused: ${JSON.stringify(message)}`, (t) => t.regex(faultsOf(message).join(), fault));
