/** `garage 2026-03-01 14.05.09.jpg`, in local time: sorts as it was taken, and every system takes it. */
export function fileName(camera: string, takenAt: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [takenAt.getFullYear(), two(takenAt.getMonth() + 1), two(takenAt.getDate())].join('-');
  const time = [takenAt.getHours(), takenAt.getMinutes(), takenAt.getSeconds()].map(two).join('.');
  return `${camera} ${day} ${time}.jpg`;
}
