import { canvasFor } from './pattern/pattern-source.js';
import { TestPattern } from './pattern/test-pattern.js';

/** A JPEG of the test pattern with a number in it, for tests of what carries JPEGs. */
export function jpegOf(number: number, width = 320, height = 240): Buffer {
  const pattern = new TestPattern(width, height, ['test', '']);
  pattern.draw(number, 0);
  return Buffer.from(canvasFor('MJPG', pattern.scene).render());
}

/** A JPEG without the end of its scan. */
export function truncatedJpeg(number: number): Buffer {
  const whole = jpegOf(number);
  return whole.subarray(0, Math.floor(whole.length / 2));
}
