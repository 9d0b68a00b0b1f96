/** Tells whether an element can be seen: on the screen, in a tab that is in front. */
export class Visibility {
  readonly #changed: (visible: boolean) => void;
  readonly #observer: IntersectionObserver;
  #onScreen = false;
  #visible = false;

  /** @param changed called at first, and whenever it is another */
  constructor(element: Element, changed: (visible: boolean) => void) {
    this.#changed = changed;
    this.#observer = new IntersectionObserver((entries) => {
      this.#onScreen = entries.at(-1)?.isIntersecting ?? false;
      this.#look();
    });
    this.#observer.observe(element);
    document.addEventListener('visibilitychange', this.#look);
  }

  close(): void {
    this.#observer.disconnect();
    document.removeEventListener('visibilitychange', this.#look);
  }

  readonly #look = (): void => {
    const visible = this.#onScreen && document.visibilityState === 'visible';
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#changed(visible);
  };
}
