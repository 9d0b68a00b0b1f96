import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { Command } from 'commander';
import { temporaryFolder } from '../temporary-folder.fixture.js';
import { expandArguments } from './expand.js';
import { addServeOptions } from './options.js';

const serve = addServeOptions(new Command('serve'));
const expand = (...words: string[]) => expandArguments(serve, words);
const folder = temporaryFolder('expand');

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('one dash or two, value behind a blank or a sign', (t) => {
  for (const words of [['-port', '8090'], ['--port', '8090'], ['-port=8090'], ['--port=8090']])
    t.deepEqual(expand(...words), ['--port', '8090']);
});

test('values are left alone, dashes and all', (t) => {
  const expected = ['-#', '-rotate 90', '--logfile', '-x', '--manexp', '-1', '--logfile', '-verbose'];
  t.deepEqual(expand('-#', '-rotate 90', '-logfile', '-x', '-manexp', '-1', '-logfile=-verbose'), expected);
});

// The examples of usbStream's README, as they stand there; usbStream itself refuses the comments.
const readmeExamples: readonly [string, readonly string[]][] = [
  ['-port 8090      #Causes internal http server to start and listen on port 8090', ['--port', '8090']],
  ['-camera 2      #Causes the program to use the third camera it detects', ['--camera', '2']],
  ['-rotate 180      #Causes the program to rotate the video 180 deg', ['--rotate', '180']],
  ['-size 6      #Causes the program to try to use a resolution of 720 x 480', ['--size', '6']],
  ['-format BGR3      #Causes the program to try to use the BGR3 format', ['--format', 'BGR3']],
  [
    '-host 192.168.86.10      #Causes internal http server to listen at ip address 192.168.86.10:<port>',
    ['--host', '192.168.86.10'],
  ],
  ['-framerate 30      #  Streams at 30 fps<br>', ['--fps', '30']],
  ['-port 8090', ['--port', '8090']],
  ['-port 8082\n-rotate 180\n-size 5\n-verbose', ['--port', '8082', '--rotate', '180', '--size', '5', '--verbose']],
];

for (const [index, [text, expected]] of readmeExamples.entries()) {
  test(`an option file as in usbStream's README: ${text.split('\n').join(' ')}`, (t) => {
    const path = file(`readme-${index}`, text);
    t.deepEqual(expand('-file', path), ['--file', path, ...expected]);
  });
}

test("a file's options stand where it is named, so that the later of two options counts", (t) => {
  const path = file('order', '-port 2');
  t.deepEqual(expand('-port', '1', '-file', path), ['--port', '1', '--file', path, '--port', '2']);
  t.deepEqual(expand('-file', path, '-port', '1'), ['--file', path, '--port', '2', '--port', '1']);
});

test('files may name files, relative to themselves', (t) => {
  file('inner', '-rotate 90');
  const outer = file('outer', '-file inner\n-port 1');
  const files = { outer: ['--file', outer], inner: ['--file', 'inner'] };
  t.deepEqual(expand('-file', outer), [...files.outer, ...files.inner, '--rotate', '90', '--port', '1']);
});

const refused: readonly [string, string, RegExp][] = [
  ['an unknown option', '-port 1\n-prot 2', /:2: there is no option -prot: did you mean -port\?$/],
  ['a bad value', '\n-size 99', /:2: --size must be a number from 0 to 8, or/],
  ['a missing value', '-port', /:1: -port needs a value/],
  ['an option in place of a value', '-logfile\n-verbose', /:1: -logfile needs a value/],
  ['a value where there is none', '-verbose=yes', /:1: -verbose takes no value/],
  ['a word that is no option', '-port 1\n\nhello', /:3: 'hello' is not an option/],
  ['a missing file', '-file nowhere', /:1: the option file .*nowhere cannot be read: there is no such file/],
  ['a file that names itself', '-file refused-7', /:1: the option file .*refused-7 names itself/],
  ['a quote that is not closed', "-# 'x", /:1: the quote ' is not closed/],
];

for (const [index, [what, text, message]] of refused.entries()) {
  test(`${what} in a file is refused with file and line`, (t) => {
    t.throws(() => expand('-file', file(`refused-${index}`, text)), { code: 'CLI_USAGE', message });
  });
}
