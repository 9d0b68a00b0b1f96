const DIGITS = 6;

/** The file of a picture: `000001.jpg`. From a million on there are more digits. */
export function fileNameOf(number: number): string {
  return `${String(number).padStart(DIGITS, '0')}.jpg`;
}

/** The number of a picture's file, or undefined for any other file. */
export function numberOf(fileName: string): number | undefined {
  const [, digits] = /^(\d{6,15})\.jpe?g$/i.exec(fileName) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** Where a file is written before it gets its name: hidden, and never taken for a picture. */
export function partialNameOf(fileName: string): string {
  return `.${fileName}.part`;
}

/** Whether a file was left behind by a write that did not come to its end. */
export function isPartial(fileName: string): boolean {
  return /^\.(?:\d{6,15}\.jpg|index\.csv)\.part$/.test(fileName);
}
