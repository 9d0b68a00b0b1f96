import { FramehubView } from './view.js';

export type { Transport, ViewState } from './player.js';
export { type SharedClient, shareClient } from './shared-clients.js';
export { FramehubView };

if (globalThis.customElements && !customElements.get('framehub-view'))
  customElements.define('framehub-view', FramehubView);

declare global {
  interface HTMLElementTagNameMap {
    'framehub-view': FramehubView;
  }
}
