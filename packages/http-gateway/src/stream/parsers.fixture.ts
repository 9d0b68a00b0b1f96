/**
 * The rules by which real clients parse streams, as short as possible. Each parses a body in pieces and returns the
 * images that its client would show. A rule needs from the server what its client needs.
 */
export interface Parser {
  readonly name: string;
  /** Images complete after this piece. */
  feed(piece: Buffer): readonly Buffer[];
}

const CRLFCRLF = '\r\n\r\n';

/** Mainsail's worker: header text up to FF D8, a length from it, and the image shown on the first byte behind it. */
export function mainsail(): Parser {
  let headers = '';
  let image: Buffer | undefined;
  let filled = 0;
  return {
    name: 'Mainsail',
    feed(piece) {
      const shown: Buffer[] = [];
      for (let i = 0; i < piece.length; i++) {
        const byte = piece[i] as number;
        if (!image && byte === 0xff && piece[i + 1] === 0xd8) {
          image = Buffer.alloc(Number(/content-length: *(\d+)/i.exec(headers)?.[1] ?? Number.NaN));
          filled = 0;
        }
        if (!image) headers += String.fromCharCode(byte);
        else if (filled < image.length) image[filled++] = byte;
        else {
          shown.push(image);
          image = undefined;
          headers = '';
        }
      }
      return shown;
    },
  };
}

/** Fluidd: an unquoted boundary from the answer's type; a part's text between CRLFCRLF and the next boundary. */
export function fluidd(contentType: string): Parser {
  const boundary = /boundary=([^;]+)/.exec(contentType)?.[1] ?? '';
  let rest = Buffer.alloc(0);
  return {
    name: 'Fluidd',
    feed(piece) {
      rest = Buffer.concat([rest, piece]);
      const shown: Buffer[] = [];
      for (;;) {
        const head = rest.indexOf(CRLFCRLF);
        const end = head < 0 ? -1 : rest.indexOf(`--${boundary}`, head);
        if (end < 0) return shown;
        shown.push(rest.subarray(head + 4, end - 2));
        rest = rest.subarray(end);
      }
    },
  };
}

/** go2rtc: boundary line, headers with Content-Length or an error, then so many bytes. */
export function go2rtc(contentType: string): Parser {
  const boundary = `--${contentType.split('boundary=')[1]?.replaceAll('"', '')}`;
  return lengthParser('go2rtc', (line) => line === boundary);
}

/** FFmpeg and OpenCV: the first bytes are `--`, header lines are short, and a part is `image/jpeg` and nothing else. */
export function ffmpeg(): Parser {
  return lengthParser(
    'FFmpeg',
    (line) => line.startsWith('--'),
    (name, value, line) => {
      if (line.length >= 128) throw new Error(`a line of ${line.length} bytes`);
      if (name === 'content-type' && value !== 'image/jpeg') throw new Error(`type ${value}`);
    },
  );
}

function lengthParser(
  name: string,
  isBoundary: (line: string) => boolean,
  check: (name: string, value: string, line: string) => void = () => {},
): Parser {
  let rest = Buffer.alloc(0);
  return {
    name,
    feed(piece) {
      rest = Buffer.concat([rest, piece]);
      const shown: Buffer[] = [];
      for (;;) {
        const head = rest.indexOf(CRLFCRLF);
        if (head < 0) return shown;
        const lines = rest.toString('latin1', 0, head).split('\r\n');
        // An empty line may lead to the boundary.
        if (lines[0] === '') lines.shift();
        if (!isBoundary(lines.shift() ?? ''))
          throw new Error(`no boundary but ${JSON.stringify(rest.toString('latin1', 0, 40))}`);
        let length = Number.NaN;
        for (const line of lines) {
          const [key = '', value = ''] = line.split(/: */);
          check(key.toLowerCase(), value, line);
          if (key.toLowerCase() === 'content-length') length = Number(value);
        }
        if (Number.isNaN(length)) throw new Error('a part without Content-Length');
        if (rest.length < head + 4 + length) return shown;
        shown.push(rest.subarray(head + 4, head + 4 + length));
        rest = rest.subarray(head + 4 + length);
      }
    },
  };
}

/** Home Assistant without a still address: from the first FF D8 to the first FF D9, nothing else read. */
export function homeAssistant(): Parser {
  let rest = Buffer.alloc(0);
  return {
    name: 'Home Assistant',
    feed(piece) {
      rest = Buffer.concat([rest, piece]);
      const shown: Buffer[] = [];
      for (;;) {
        const end = rest.indexOf(Buffer.from([0xff, 0xd9]));
        const start = rest.indexOf(Buffer.from([0xff, 0xd8]));
        if (end < 0 || start < 0) return shown;
        shown.push(rest.subarray(start, end + 2));
        rest = rest.subarray(end + 2);
      }
    },
  };
}

/** Chromium's own images: a part is shown when the headers of the next one are complete. */
export function chromium(contentType: string): Parser {
  const boundary = `--${/boundary=([^;]+)/.exec(contentType)?.[1]}`;
  let rest = Buffer.alloc(0);
  let started = false;
  return {
    name: 'Chromium',
    feed(piece) {
      rest = Buffer.concat([rest, piece]);
      const shown: Buffer[] = [];
      for (;;) {
        const at = rest.indexOf(boundary);
        const headersEnd = at < 0 ? -1 : rest.indexOf(CRLFCRLF, at);
        if (headersEnd < 0) return shown;
        if (started) shown.push(rest.subarray(0, at - 2));
        started = true;
        rest = rest.subarray(headersEnd + 4);
      }
    },
  };
}
