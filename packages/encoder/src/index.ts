export { type CodecInfo, type EncodeOptions, Encoder, type RenditionOptions, type StartOptions } from './encoder.js';
export type { Subsampling } from './messages.js';
export type { EncoderOptions } from './options.js';
export type { RenditionObserver } from './rendition-stream.js';
