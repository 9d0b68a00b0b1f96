import { FramehubView } from './view.js';

export type { Transport } from './view.js';
export { FramehubView };

if (!customElements.get('framehub-view')) customElements.define('framehub-view', FramehubView);

declare global {
  interface HTMLElementTagNameMap {
    'framehub-view': FramehubView;
  }
}
