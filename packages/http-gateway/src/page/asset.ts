/** A file of the page, ready in memory. Borrowed: never changed. */
export interface Asset {
  /** Where it is, below the root: `framehub-view.js`; empty for the page itself. */
  readonly path: string;
  /** Media type. */
  readonly type: string;
  readonly body: Uint8Array;
  /** The same, compressed, where that is worth it. */
  readonly brotli?: Uint8Array;
  readonly gzip?: Uint8Array;
  /** Value of ETag, one for all encodings: a weak one. */
  readonly etag: string;
  /** Value of Content-Security-Policy, for documents. */
  readonly csp?: string;
}
