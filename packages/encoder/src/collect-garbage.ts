import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Collects all garbage of this thread, which takes milliseconds: worth it where large memory is only given back by that,
 * as WebAssembly's is.
 */
export function collectGarbage(): void {
  collect ??= exposed();
  collect();
}

/** V8's own function; contexts that are made after the flag was set have it. */
function exposed(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
