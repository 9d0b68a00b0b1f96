import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { root } from './setup/command.mjs';
import { filesIn, packageFolders } from './setup/stamp.mjs';

/** Who may import whom: see ARCHITECTURE.md. `@framehub/hub` is the only place where the parts are put together. */
const ARROWS = {
  '@framehub/frame': [],
  '@framehub/settings': ['@framehub/frame'],
  'node-v4l2-camera': [],
  '@framehub/capture': ['@framehub/frame', 'node-v4l2-camera'],
  '@framehub/encoder': ['@framehub/frame'],
  '@framehub/broker': ['@framehub/frame'],
  '@framehub/testing': ['@framehub/frame', '@framehub/broker'],
  '@framehub/http-gateway': ['@framehub/frame', '@framehub/broker', '@framehub/settings'],
  '@framehub/ws-gateway': ['@framehub/frame', '@framehub/broker', '@framehub/settings'],
  '@framehub/mqtt-gateway': ['@framehub/frame', '@framehub/broker', '@framehub/settings'],
  '@framehub/timelapse': ['@framehub/frame'],
  '@framehub/client': ['@framehub/frame'],
  '@framehub/page': ['@framehub/client'],
  '@framehub/hub': [
    '@framehub/frame',
    'node-v4l2-camera',
    '@framehub/capture',
    '@framehub/encoder',
    '@framehub/broker',
    '@framehub/settings',
    '@framehub/http-gateway',
    '@framehub/ws-gateway',
    '@framehub/mqtt-gateway',
    '@framehub/page',
  ],
  framehub: [
    '@framehub/frame',
    'node-v4l2-camera',
    '@framehub/capture',
    '@framehub/settings',
    '@framehub/hub',
    '@framehub/mqtt-gateway',
    '@framehub/timelapse',
  ],
};

/** Packages with more than one entry: elements are for browsers only, and patterns are checked where no gateway is loaded. */
const EXPORTED = {
  '@framehub/client': ['@framehub/client', '@framehub/client/element'],
  '@framehub/frame': ['@framehub/frame', '@framehub/frame/async', '@framehub/frame/protocol', '@framehub/frame/rules'],
  '@framehub/hub': ['@framehub/hub', '@framehub/hub/config'],
  '@framehub/mqtt-gateway': ['@framehub/mqtt-gateway', '@framehub/mqtt-gateway/schedule'],
};
/** Packages whose code comes out as bundles. */
const BUNDLED = ['@framehub/page'];

const read = (path) => readFileSync(join(root, path), 'utf8');
const packages = packageFolders().map((folder) => ({ folder, manifest: JSON.parse(read(`${folder}/package.json`)) }));
const sourcesOf = (folder) => filesIn(`${folder}/src`).filter((path) => path.endsWith('.ts'));

/** For tests only: those of any package that it is not made of itself. */
const TESTING = '@framehub/testing';

const isTest = (path) => /\.(test|fixture)\./.test(path) || path.startsWith('packages/testing/');

function mayImport(name, target, path) {
  if (target !== TESTING) return ARROWS[name].includes(target);
  return isTest(path) && !ARROWS[TESTING].includes(name);
}

/** What a source file imports, in any of the ways there are. */
function importsOf(path) {
  const statement = /^(?:import|export)\s[^;'"=(]*\bfrom\s*['"]([\w@./:-]+)['"]|^import\s*['"]([\w@./:-]+)['"]/;
  const call = /\b(?:import|require|require\.resolve)\(\s*['"]([\w@./:-]+)['"]\s*\)/;
  const pattern = new RegExp(`${statement.source}|${call.source}`, 'gm');
  return [...withoutComments(read(path)).matchAll(pattern)].map(([, from, bare, called]) => from ?? bare ?? called);
}

function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

const packageOf = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

test('every package has its arrows', (t) => {
  t.deepEqual(packages.map(({ manifest }) => manifest.name).sort(), Object.keys(ARROWS).sort());
});

for (const { folder, manifest } of packages) {
  const { name } = manifest;

  test(`${name} declares only packages that its arrows point to`, (t) => {
    const declared = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    const ours = declared.filter((dependency) => dependency in ARROWS);
    t.deepEqual(
      ours.filter((dependency) => !ARROWS[name]?.includes(dependency)),
      [],
    );
  });

  test(`${name} imports packages of ours by name, along its arrows, and nothing undeclared`, (t) => {
    const development = { ...JSON.parse(read('package.json')).devDependencies, ...manifest.devDependencies };
    for (const path of sourcesOf(folder)) {
      // What is bundled is in the bundle: nobody has to install it.
      const mayDevelop = isTest(path) || BUNDLED.includes(name);
      for (const specifier of importsOf(path)) {
        if (specifier.startsWith('.')) {
          t.true(staysWithin(path, specifier, folder), `${path}: ${specifier}`);
          continue;
        }
        if (specifier.startsWith('node:')) continue;
        const target = packageOf(specifier);
        if (target in ARROWS) {
          t.true(EXPORTED[target]?.includes(specifier) ?? specifier === target, `${path} reaches into ${target}`);
          t.true(mayImport(name, target, path), `${path}: the arrow from ${name} to ${target} is turned round`);
        }
        const known =
          target in { ...manifest.dependencies, ...manifest.optionalDependencies } ||
          (mayDevelop && target in development);
        t.true(known, `${path} imports ${target}, which ${folder}/package.json does not declare`);
      }
    }
    t.pass();
  });

  test(`${name}: index.ts holds named exports only`, (t) => {
    const rest = withoutComments(read(`${folder}/src/index.ts`)).replace(
      /export (?:type )?\{[^}]*\} from '[^']+';/g,
      '',
    );
    t.is(rest.trim(), '');
  });

  test(`${name} exports only its entries, and has a README`, (t) => {
    const exported = Object.keys(manifest.exports).map((key) => key.replace('.', name));
    t.deepEqual(exported, EXPORTED[name] ?? [name]);
    t.true(existsSync(join(root, folder, 'README.md')));
  });
}

test('every package can be published', (t) => {
  t.deepEqual(
    packages.filter(({ manifest }) => manifest.private).map(({ manifest }) => manifest.name),
    [],
  );
});

test('every error code has a heading in docs/errors.md, and every heading a code', (t) => {
  const codes = packages.flatMap(({ folder }) =>
    sourcesOf(folder)
      .filter((path) => !isTest(path))
      .flatMap((path) => [
        ...withoutComments(read(path)).matchAll(
          /['"`]((?:CAMERA|CAPTURE|ENCODER|BROKER|HTTP|WS|MQTT|HUB|CONFIG|CLI|CLIENT|TIMELAPSE|RENDITION|FRAME|RING)_[A-Z0-9_]+)['"`]/g,
        ),
      ])
      .map(([, code]) => code),
  );
  const headings = [...read('docs/errors.md').matchAll(/^#+ `([A-Z0-9_]+)`$/gm)].map(([, code]) => code);
  t.deepEqual([...new Set(headings)], headings, 'no heading twice');
  t.deepEqual([...headings].sort(), [...new Set(codes)].sort());
});

/** Within its package's src, but for the package's own description. */
function staysWithin(path, specifier, folder) {
  const target = join(path, '..', specifier);
  return target.startsWith(join(folder, 'src')) || specifier.endsWith('/package.json');
}

test('each package is one that the workspace compiles', (t) => {
  const references = JSON.parse(read('tsconfig.json')).references.map(({ path }) => path);
  t.deepEqual(
    [...references].sort(),
    readdirSync(join(root, 'packages'))
      .map((name) => `packages/${name}`)
      .sort(),
  );
});
