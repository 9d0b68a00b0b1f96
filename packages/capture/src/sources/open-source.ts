import type { ThreadData } from '../messages.js';
import type { SourceOptions } from '../options.js';
import type { Source, SourceHost } from './source.js';

/** Control values to begin with. */
export type ControlStart = Pick<ThreadData, 'controls' | 'originals'>;

/**
 * Opens a source of any type. Each type's code is loaded only where it is used: V4L2's brings a native library along.
 * Rejects with a `CAPTURE_…` error.
 */
export async function openSource(options: SourceOptions, host: SourceHost, start: ControlStart): Promise<Source> {
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
