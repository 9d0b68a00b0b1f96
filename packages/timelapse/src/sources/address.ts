/** An address, and the name and password that stood in it. */
export interface Address {
  readonly url: URL;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** Takes an address apart, or returns undefined for what is none of these protocols (`mqtt:`). */
export function readAddress(text: string, protocols: readonly string[]): Address | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.host === '' || !protocols.includes(url.protocol)) return undefined;
  const { username, password } = url;
  [url.username, url.password, url.hash] = ['', '', ''];
  return { url, username: decode(username) || undefined, password: decode(password) || undefined };
}

/** A `%` that is none of an encoding is one of a password. */
function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => Buffer.from(encoded.replaceAll('%', ''), 'hex').toString());
}
