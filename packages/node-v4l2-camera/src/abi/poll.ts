import { s32, struct, u16 } from './layout.js';

/** The events are signed in C; their bits do not mind. */
export const pollfd = struct({ fd: s32, events: u16, revents: u16 });

/** A frame can be dequeued. Any other event says that the next dequeue will tell of an error. */
export const POLLIN = 0x1;
