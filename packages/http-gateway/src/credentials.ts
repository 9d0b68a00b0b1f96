import { createHash, timingSafeEqual } from 'node:crypto';

/** Who may come in. */
export interface Credential {
  readonly name: string;
  readonly password: string;
}

/**
 * Basic authentication (RFC 7617). Digests of equal length are compared, all of them, in constant time: how long an answer
 * takes tells nothing about names or passwords.
 */
export class Guard {
  readonly #digests: readonly Buffer[];

  constructor(credentials: readonly Credential[]) {
    this.#digests = credentials.map(({ name, password }) => digest(`${name}:${password}`));
  }

  /** @param authorization the header of that name */
  admits(authorization: string | undefined): boolean {
    const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization ?? '')?.[1] ?? '';
    const given = digest(Buffer.from(encoded, 'base64'));
    return this.#digests.map((known) => timingSafeEqual(known, given)).includes(true);
  }
}

function digest(text: string | Buffer): Buffer {
  return createHash('sha256').update(text).digest();
}
