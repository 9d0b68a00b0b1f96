/**
 * Words that code, errors and docs do not use, with what to write instead: the glossary (docs/glossary.md) has one word for
 * each thing, and the rest is plain English. Looked for in comments, texts and identifiers alike.
 */
const EVERYWHERE = [
  [/is not possible: allowed/i, '"X must be A, not V"'],
  [/\bwish(es|ed)?\b|\bWish(es)?\b|Wish(es)?(?=[A-Z]|\b)/, 'option, request, requested value'],
  [/(?<!--)\bpatience\b|PATIENCE|Patience/, 'timeout, with its unit'],
  [/\bhouse\b|\bHouse\b/, 'hub, project'],
  [/\bheart\b|\bHeart\b|\bPulse\b/, 'keep-alive'],
  [/\b[Ff]arewell\b|\b[Ww]orkshop\b|\b[Ll]eftovers\b|\b[Cc]omplaints\b|\bPlan[AB]\b/, 'the name of what it does'],
  [/\bis another\b|\bare others\b/, '"has changed", "is different"'],
  [/(?<!there )\b(is|are) none\b/, '"is invalid", "there is no"'],
  [/\bfor people\b/, 'human-readable'],
  [/\b(is|are|was|were|be|been) told\b|\btells?\b|\btelling\b/, 'report, log, publish, send, return'],
  [/\blikes\b/, 'default'],
  [/\blets? go of\b/, 'release'],
  [/\bsomebody's\b|\bnobody's\b/i, 'whose it is'],
  [
    /\bthe so manieth\b|(?<!soon )\bas it is\b(?! (?:configured|read|written|received|now|published|sent|delivered))/,
    'a plain word',
  ],
  [/\b(asleep|lapped|elsewhere)\b(?!\/)/, 'standby, overrun, external (or "in another place")'],
  [/\bon_no_bandwidth\b|(?<![-_])\bframerate\b/, 'onNoBandwidth, fps'],
  // V4L2 calls a device's name its card.
  [
    /\b(an?|the|its|each|such|no) card\b|\bcards\b(?<!test cards)(?<!sound cards)|\b(or|send|read|to)Card\b/i,
    'placeholder',
  ],
];

/** In code, a frame is a frame: "picture" is for docs, where a person looks at one. */
const IN_CODE = [[/[Pp]icture/, 'frame, snapshot, image']];

const SCANNED = /^(packages\/[\w-]+\/(src|README)|docs\/.*\.md|tools\/|bench\/|examples\/|\.github\/|[A-Z]+\.md)/;
const CODE = /\.(ts|tsx|mjs)$/;
/** These quote the words, or are about what another program calls so. */
const EXEMPT = [
  'tools/rules/words.mjs',
  'docs/glossary.md',
  'docs/moving.md',
  'CHANGELOG.md',
  'packages/hub/src/config/old-keys.ts',
  'packages/hub/src/config/old-keys.test.ts',
];

/** @param {readonly {path: string, text: string}[]} files @returns {string[]} */
export function findBannedWords(files) {
  return files
    .filter(({ path }) => SCANNED.test(path) && !EXEMPT.includes(path))
    .flatMap(({ path, text }) => {
      const rules = CODE.test(path) && path.startsWith('packages/') ? [...EVERYWHERE, ...IN_CODE] : EVERYWHERE;
      return text.split('\n').flatMap((line, index) =>
        rules.flatMap(([pattern, instead]) => {
          const [word] = pattern.exec(line) ?? [];
          return word === undefined ? [] : [`${path}:${index + 1}: "${word}": write ${instead}`];
        }),
      );
    });
}
