/**
 * An address as it may be shown: scheme, host and port. Users, passwords, paths, queries and fragments may hold secrets,
 * and are left out: `http://cam.local:8080/…`. What is no address is not shown at all: `…`.
 */
export function maskedAddress(address: string | URL): string {
  const url = typeof address !== 'string' ? address : URL.canParse(address) ? new URL(address) : undefined;
  if (!url?.host) return '…';
  const { protocol, host, pathname, search, hash } = url;
  const isBare = pathname.length <= 1 && search === '' && hash === '';
  return `${protocol}//${host}${isBare ? pathname : '/…'}`;
}

/** Where an address begins within a text. */
const SCHEME = /\b(?:https?|mqtts?|wss?|rtsps?):[\\/]*|\/\//i;

/**
 * Somebody's text as it may be shown: an address in it, mistyped or whole, is masked in the same way, with the rest of the
 * text behind it. A text without one is returned as it is.
 */
export function maskedText(text: string): string {
  const scheme = SCHEME.exec(text);
  const sign = text.lastIndexOf('@');
  if (!scheme && sign < 0) return text;
  const isBefore = scheme && (sign < 0 || scheme.index < sign);
  const begin = isBefore ? scheme.index + scheme[0].length : 0;
  const user = sign >= begin ? '…@' : '';
  const [, host = '', rest = ''] = /^([^/?#\\]*)(.*)$/s.exec(text.slice(Math.max(begin, sign + 1))) ?? [];
  return `${text.slice(0, begin)}${user}${host}${/^\/?\s*$/.test(rest) ? rest : '/…'}`;
}
