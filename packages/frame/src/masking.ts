/**
 * A URL as it may be shown: scheme, host and port, `http://cam.local:8080/…`. User, password, path, query and fragment are
 * left out, as they may be secrets. An invalid URL is shown as `…`.
 */
export function maskedAddress(address: string | URL): string {
  const url = typeof address !== 'string' ? address : URL.canParse(address) ? new URL(address) : undefined;
  if (!url?.host) return '…';
  const { protocol, host, pathname, search, hash } = url;
  const isBare = pathname.length <= 1 && search === '' && hash === '';
  return `${protocol}//${host}${isBare ? pathname : '/…'}`;
}

/** The start of a URL within a text. */
const SCHEME = /\b(?:https?|mqtts?|wss?|rtsps?):[\\/]*|\/\//i;

/**
 * A text as it may be shown: a URL in it, valid or not, is masked as by {@link maskedAddress}, with the rest of the text
 * after it. A text without a URL is returned unchanged.
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
