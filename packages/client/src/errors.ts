/** An error of the client (`CLIENT_…`), or one that the server sent: see docs/errors.md for the codes. */
export class FramehubClientError extends Error {
  override readonly name = 'FramehubClientError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
