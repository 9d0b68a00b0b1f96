export { type CollectSurroundings, collect } from './collect/collect.js';
export type { CollectOptions } from './collect/options.js';
export { type CollectProgress, describeCollecting } from './collect/tally.js';
export { parseDuration } from './duration.js';
export type { RenderOptions } from './render/options.js';
export { type RenderProgress, type RenderResult, type RenderSurroundings, render } from './render/render.js';
