/** What a card says: what is wrong, in capitals, and what to do about it. */
export interface CardWords {
  readonly title: string;
  readonly advice: string;
}

export const OFF: CardWords = { title: 'CAMERA OFF', advice: 'switch it on to see it' };

const UNPLUGGED: CardWords = { title: 'CAMERA UNPLUGGED', advice: 'plug it in again' };
const NEVER_THERE: CardWords = { title: 'NO CAMERA', advice: 'plug it in or check its name' };
const NO_SIGNAL: CardWords = { title: 'NO SIGNAL', advice: 'if it stays so: replug it' };
const NO_PICTURE: CardWords = { title: 'NO PICTURE', advice: 'the log says why' };

const BY_CODE: Readonly<Record<string, CardWords>> = {
  CAPTURE_STALLED: NO_SIGNAL,
  CAPTURE_THREAD_HUNG: NO_SIGNAL,
  CAPTURE_DEVICE_ERROR: NO_SIGNAL,
  CAPTURE_DEVICE_BUSY: { title: 'BUSY', advice: 'close the program that has it' },
  CAPTURE_NO_PERMISSION: { title: 'NO PERMISSION', advice: 'add the user to the group video' },
  CAPTURE_NO_BANDWIDTH: { title: 'USB BUS FULL', advice: 'take MJPG or a smaller size' },
};

/** @param seen whether the camera has been there before */
export function wordsFor(code: string, seen: boolean): CardWords {
  if (code === 'CAPTURE_DEVICE_GONE') return seen ? UNPLUGGED : NEVER_THERE;
  return BY_CODE[code] ?? NO_PICTURE;
}
