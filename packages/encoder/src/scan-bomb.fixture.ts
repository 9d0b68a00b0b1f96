/**
 * A progressive JPEG of few bytes that costs a decoder many passes over a large image: a scan of DC coefficients, which
 * are all 0, and scans of AC coefficients that end at once.
 *
 * @param components 1 or 3
 */
export function scanBomb(width: number, height: number, scans: number, components: 1 | 3): Uint8Array {
  const numbers = Array.from({ length: components }, (_, i) => i + 1);
  const u16 = (value: number): number[] => [value >> 8, value & 0xff];
  const segment = (marker: number, ...body: number[]): number[] => [0xff, marker, ...u16(body.length + 2), ...body];
  const oneCode = [1, ...new Array<number>(15).fill(0)];
  const head = [
    ...[0xff, 0xd8],
    ...segment(0xdb, 0, ...new Array<number>(64).fill(1)),
    ...segment(0xc2, 8, ...u16(height), ...u16(width), components, ...numbers.flatMap((id) => [id, 0x11, 0])),
    // One code of one bit each: a DC difference of 0, and the end of a band for 16,384 blocks.
    ...segment(0xc4, 0x00, ...oneCode, 0x00),
    ...segment(0xc4, 0x10, ...oneCode, 0xe0),
    ...segment(0xda, components, ...numbers.flatMap((id) => [id, 0]), 0, 0, 0),
    ...new Array<number>(8).fill(0),
  ];
  const scan = segment(0xda, 1, 1, 0, 1, 63, 0);
  // The header may claim so many pixels for each byte.
  const length = Math.max(head.length + scans * scan.length, Math.ceil((width * height) / 512)) + 2;
  const jpeg = new Uint8Array(length);
  jpeg.set(head);
  for (let i = 0; i < scans; i++) jpeg.set(scan, head.length + i * scan.length);
  jpeg.set([0xff, 0xd9], length - 2);
  return jpeg;
}
