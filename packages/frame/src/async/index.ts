export { BackOff, type BackOffOptions } from './back-off.js';
export { Lock, type LockOptions } from './lock.js';
export { Emitter, type ListenOptions, type Subscription, subscription } from './subscription.js';
export { within } from './within.js';
