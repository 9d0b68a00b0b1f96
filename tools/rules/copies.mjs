/** Mechanisms and rules that exist once: what each looks like in code, and the files that may look so. */
const ONCE = [
  {
    what: 'a back-off',
    pattern: /\* 2 \*\* (this|failures|attempts)|Math\.min\(\w+ \* 2, /,
    homes: ['packages/frame/src/async/back-off.ts'],
    instead: 'BackOff of @framehub/frame',
  },
  {
    what: 'waiting with a deadline',
    pattern: /Promise\.race\(\[.*(timeout|late|timer|limit)/i,
    homes: ['packages/frame/src/async/within.ts'],
    instead: 'within of @framehub/frame',
  },
  {
    what: 'a chain of tasks',
    pattern: /#last = .*\.(then|catch)\(|\.then\(task, task\)/,
    homes: ['packages/frame/src/async/lock.ts'],
    instead: 'Lock of @framehub/frame',
  },
  {
    what: 'a set of listeners',
    pattern: /#(listeners|sinks|watchers|subscribers)\b.*new (Set|Map)<.*=> void>/,
    homes: ['packages/frame/src/async/subscription.ts'],
    instead: 'Emitter of @framehub/frame',
  },
  {
    what: 'the rule for WIDTHxHEIGHT',
    pattern: /\\d\{1,\d\}\)?x\(?\\d|\\d\+x\\d\+/,
    homes: ['packages/frame/src/rules.ts'],
    instead: 'parseSize of @framehub/frame',
  },
  {
    what: 'the rule for JPEG quality',
    pattern: /from 1 to 100\b|(min: 1, max: 100\b|minimum: 1, maximum: 100\b|\(1, 100\)|min\(1\)\.max\(100\))/,
    homes: ['packages/frame/src/rules.ts', /^packages\/settings\/src\//],
    instead: 'QUALITY of @framehub/frame',
  },
  {
    what: 'the rule for durations',
    pattern: /ms\|s\|m\|h/,
    homes: ['packages/frame/src/rules.ts'],
    instead: 'parseDuration of @framehub/frame',
  },
  {
    what: 'the rule for host names',
    pattern: /\[\\w-\]\+\(\\\.\[\\w-\]\+\)\*/,
    homes: ['packages/frame/src/rules.ts'],
    instead: 'isHostName of @framehub/frame',
  },
  {
    what: 'the error for an unknown camera',
    pattern: /Error\('CAMERA_UNKNOWN',/,
    homes: ['packages/frame/src/errors.ts'],
    instead: 'unknownCamera of @framehub/frame',
  },
  {
    what: 'the text of a schema issue',
    pattern: /\.issues\b/,
    homes: [/^packages\/settings\/src\//],
    instead: '@framehub/settings',
  },
];

/** @param {readonly {path: string, text: string}[]} files production files @returns {string[]} */
export function findCopies(files) {
  return ONCE.flatMap(({ what, pattern, homes, instead }) =>
    files
      .filter(({ path }) => !homes.some((home) => (home instanceof RegExp ? home.test(path) : home === path)))
      .flatMap(({ path, text }) =>
        text
          .split('\n')
          .flatMap((line, index) =>
            pattern.test(line) ? [`${path}:${index + 1}: a copy of ${what}: use ${instead}`] : [],
          ),
      ),
  );
}
