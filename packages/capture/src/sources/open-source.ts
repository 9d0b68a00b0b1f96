import type { ThreadData } from '../messages.js';
import type { SourceOptions, WarmUp } from '../options.js';
import type { Source, SourceHost } from './source.js';

/** What a source begins with, besides its options. */
export interface SourceStart extends Pick<ThreadData, 'controls' | 'originals' | 'seen'> {
  /** For pictures that a source takes by itself; frames are left out for it by others. */
  readonly warmup: WarmUp | undefined;
}

/**
 * Opens a source of any type. Each type's code is loaded only where it is used: V4L2's brings a native library along.
 * Rejects with a `CAPTURE_…` error.
 */
export async function openSource(options: SourceOptions, host: SourceHost, start: SourceStart): Promise<Source> {
  switch (options.type) {
    case 'pattern':
      return new (await import('./pattern/pattern-source.js')).PatternSource(options, host, start);
    case 'v4l2':
      return new (await import('./v4l2/v4l2-source.js')).V4l2Source(options, host, start);
    case 'file':
      return (await import('./file/file-source.js')).FileSource.open(options, host);
    case 'http':
      return (await import('./http/http-source.js')).HttpSource.open(options, host);
  }
}
