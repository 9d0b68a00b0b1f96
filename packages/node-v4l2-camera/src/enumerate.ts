import type { ValueOf } from './abi/cell.js';
import type { Struct } from './abi/layout.js';
import type { Request } from './abi/request.js';
import type { DeviceFile } from './device-file.js';

const EINVAL = 22;
const ENOTTY = 25;
const ENODATA = 61;

/**
 * Asks for item 0, 1, 2 … until the driver says EINVAL: no more. A driver that cannot enumerate this at all (ENOTTY,
 * ENODATA) has an empty list. Throws V4l2Error on anything else.
 */
export function enumerate<T extends Struct, R>(
  file: DeviceFile,
  request: Request<T>,
  query: (index: number) => Partial<ValueOf<T>>,
  read: (answer: ValueOf<T>) => R,
): R[] {
  const cell = file.allocate(request.type);
  const items: R[] = [];
  for (let index = 0; ; index++) {
    cell.clear();
    Object.assign(cell.fields, query(index));
    const errno = file.attempt(request, cell);
    if (errno === EINVAL || errno === ENOTTY || errno === ENODATA) return items;
    if (errno) throw file.error(errno, request.name);
    items.push(read(cell.fields));
  }
}
