import { s32, struct, u16 } from './layout.js';

/** The events are signed in C; their bits do not mind. */
export const pollfd = struct({ fd: s32, events: u16, revents: u16 });

export const PollEvent = { IN: 0x1, ERR: 0x8, HUP: 0x10, NVAL: 0x20 } as const;
