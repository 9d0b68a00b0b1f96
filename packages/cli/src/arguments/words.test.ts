import test from 'ava';
import { splitWords } from './expand.js';

const texts = (text: string) => splitWords(text, 'f').map((word) => word.text);

test('blanks and line ends separate words', (t) => {
  t.deepEqual(texts('-port 8090\n\t-rotate   180\r\n'), ['-port', '8090', '-rotate', '180']);
});

test('quotes join, and a backslash escapes the next character', (t) => {
  t.deepEqual(texts(`-logfile "my log.txt" 'a "b" \\' c\\ d "e\\"f\\\\" g"h i"j`), [
    '-logfile',
    'my log.txt',
    'a "b" \\',
    'c d',
    'e"f\\',
    'gh ij',
  ]);
});

test('a # that begins a word begins a comment; within a word it does not', (t) => {
  t.deepEqual(texts(`-port 8090      #Causes internal server's start\n# all of it\n-host a#b`), [
    '-port',
    '8090',
    '-host',
    'a#b',
  ]);
});

test("usbStream's -# is an option, not a comment", (t) => {
  t.deepEqual(texts('-# "port of the shed" -port 1'), ['-#', 'port of the shed', '-port', '1']);
});

test('every word knows its line, also after a quote over several lines', (t) => {
  t.deepEqual(
    splitWords('-a\n\n-b "x\ny" -c', 'usb.config').map(({ place }) => place),
    ['usb.config:1', 'usb.config:3', 'usb.config:3', 'usb.config:4'],
  );
});

test('a quote that is not closed is refused, with its line', (t) => {
  t.throws(() => splitWords('-port 1\n-# "it', 'usb.config'), { message: /^usb\.config:2: the quote " is not closed/ });
});
