export { type PageAsset, pageAssets } from './assets.js';
