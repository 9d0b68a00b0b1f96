import type { RawFrame } from '@framehub/frame';
import type { Still } from './messages.js';

/** A frame in memory of its own, which is never overwritten: its leases are free. */
export function ownFrame({ bytes, format, sequence, capturedAt }: Still, placeholder?: string): RawFrame {
  const lease = { bytes, release: () => {} };
  const frame = { format, byteLength: bytes.length, sequence, capturedAt, lease: () => lease };
  return placeholder === undefined ? frame : { ...frame, placeholder };
}

/** Takes a frame out of its ring. Undefined: it has been overwritten already. */
export function copyOf(frame: RawFrame): RawFrame | undefined {
  const lease = frame.lease();
  if (!lease) return undefined;
  const bytes = new Uint8Array(new SharedArrayBuffer(lease.bytes.length));
  bytes.set(lease.bytes);
  lease.release();
  const { format, sequence, capturedAt } = frame;
  return ownFrame({ bytes, format, sequence, capturedAt });
}
