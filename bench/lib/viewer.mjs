import { once } from 'node:events';
import http from 'node:http';

/** One viewer of an MJPEG stream. `next(isWanted)` gives when the next JPEG came that is wanted, on performance.now()'s clock. */
export async function watch(port, path) {
  const request = http.get({ host: '127.0.0.1', port, path });
  const [response] = await once(request, 'response');
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode}`);
  let rest = Buffer.alloc(0);
  let look = () => {};
  response.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let part = readPart(rest); part; part = readPart(rest)) {
      rest = rest.subarray(part.end);
      look(part.jpeg);
    }
  });
  return {
    next: (isWanted, limit) =>
      new Promise((resolve, reject) => {
        const end = (settle, value) => {
          clearTimeout(timer);
          response.off('close', closed);
          look = () => {};
          settle(value);
        };
        const timer = setTimeout(() => end(reject, new Error(`nothing of that kind within ${limit} ms`)), limit);
        const closed = () => end(reject, new Error('the viewer was disconnected'));
        response.on('close', closed);
        look = (jpeg) => isWanted(jpeg) && end(resolve, performance.now());
      }),
    close: () => request.destroy(),
  };
}

function readPart(bytes) {
  const head = bytes.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = Number(/content-length: *(\d+)/i.exec(bytes.subarray(0, head).toString('latin1'))?.[1]);
  const [begin, end] = [head + 4, head + 4 + length];
  return bytes.length >= end ? { jpeg: bytes.subarray(begin, end), end } : undefined;
}
