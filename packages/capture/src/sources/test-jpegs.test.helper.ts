import { canvasFor } from './pattern/pattern-source.js';
import { TestCard } from './pattern/test-card.js';

/** A JPEG of the test pattern with a number in it, for tests of what carries JPEGs. */
export function jpegOf(number: number, width = 320, height = 240): Buffer {
  const card = new TestCard(width, height, ['test', '']);
  card.draw(number, 0);
  return Buffer.from(canvasFor('MJPG', card.scene).render());
}

/** A JPEG without the end of its scan. */
export function truncatedJpeg(number: number): Buffer {
  const whole = jpegOf(number);
  return whole.subarray(0, Math.floor(whole.length / 2));
}
