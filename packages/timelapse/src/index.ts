export { collect } from './collect/collect.js';
export type { CollectOptions, MqttServerOptions } from './collect/options.js';
export { type CollectProgress, describeCollecting } from './collect/progress.js';
export type { RenderOptions, RenderProgress } from './render/options.js';
export { type RenderResult, render } from './render/render.js';
export type { StoredSnapshot } from './store/folder.js';
export type { IndexEntry } from './store/index-file.js';
