import test from 'ava';
import { codeFromFourcc, fourccFromCode } from './fourcc.js';

test('codes are letters in little-endian order', (t) => {
  t.is(codeFromFourcc('YUYV'), 0x5659_5559);
  t.is(fourccFromCode(0x5659_5559), 'YUYV');
});

test('short codes are padded with blanks', (t) => {
  t.is(codeFromFourcc('Y16'), codeFromFourcc('Y16 '));
  t.is(fourccFromCode(codeFromFourcc('Y16')), 'Y16 ');
});

test('big-endian variants have a suffix', (t) => {
  t.is(codeFromFourcc('Y16 -BE'), 0xa036_3159);
  t.is(fourccFromCode(0xa036_3159), 'Y16 -BE');
});

for (const wrong of ['', '    ', 'toolong', 'Ü123', 'A\n12']) {
  test(`${JSON.stringify(wrong)} is not a code`, (t) => {
    t.throws(() => codeFromFourcc(wrong), { instanceOf: RangeError, message: /four-character code/ });
  });
}
