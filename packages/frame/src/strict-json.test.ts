import test from 'ava';
import { strictJson } from './strict-json.js';

test('JSON is what it says', (t) => t.deepEqual(strictJson('{"a": [1, {"b": null}]}'), { a: [1, { b: null }] }));

for (const text of ['{"__proto__": 5}', '[{"a": {"\\u005f_proto__": {}}}]', '{', '']) {
  test(`${text} is refused`, (t) => {
    t.throws(() => strictJson(text), { instanceOf: SyntaxError });
  });
}
