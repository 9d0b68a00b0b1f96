/**
 * Whether If-None-Match names a tag, so that 304 is the answer (RFC 9110, section 13.1.2): a list of tags, compared weakly,
 * or `*`.
 */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');
  return (ifNoneMatch ?? '').split(',').some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag));
}
