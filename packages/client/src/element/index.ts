import { FramehubView } from './view.js';

export type { Transport, ViewState } from './feed.js';
export { type BorrowedClient, borrowClient } from './shared-clients.js';
export { FramehubView };

if (globalThis.customElements && !customElements.get('framehub-view'))
  customElements.define('framehub-view', FramehubView);

declare global {
  interface HTMLElementTagNameMap {
    'framehub-view': FramehubView;
  }
}
