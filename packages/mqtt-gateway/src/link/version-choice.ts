import type { FramehubError } from '@framehub/frame';
import type { ProtocolVersion } from './client-options.js';
import { refusesVersion } from './refusal.js';

/**
 * Which MQTT to speak: 5, or 3.1.1 where the broker does not know it. Some say so; others close the connection at the
 * first word, as does a proxy whose broker is still starting.
 */
export class VersionChoice {
  #next: ProtocolVersion;
  /** In so many words. */
  #refused5 = false;

  constructor(private readonly wanted: 'auto' | ProtocolVersion) {
    this.#next = wanted === 'auto' ? 5 : wanted;
  }

  get next(): ProtocolVersion {
    return this.#next;
  }

  /** 3.1.1 was accepted, and 5 was never refused: now that the broker is up, it is to be asked once more. */
  get inDoubt(): boolean {
    return this.wanted === 'auto' && this.#next === 4 && !this.#refused5;
  }

  /** A connection was good. After it all is open again but what was said. */
  served(): void {
    if (this.wanted === 'auto') this.#next = this.#refused5 ? 4 : 5;
  }

  /** The broker did not accept. @returns whether to try again at once, for it wants another version */
  failed(error: FramehubError): boolean {
    if (this.wanted !== 'auto') return false;
    const refused = refusesVersion(error);
    if (refused || error.code === 'MQTT_LOST') this.#next = this.#next === 5 ? 4 : 5;
    if (refused) this.#refused5 = this.#next === 4;
    return refused && this.#refused5;
  }
}
