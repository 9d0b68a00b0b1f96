/** Milliseconds between two snapshots, and before one that failed is tried again. */
const EVERY = 1000;
/** Milliseconds after which one will not come any more. */
const PATIENCE = 10_000;

/** Snapshots one after another, until they are closed. */
export class Snapshots {
  #closed = false;

  /** @param tell given each picture when it is there to be shown, and undefined for each that did not come */
  constructor(address: string, tell: (image: HTMLImageElement | undefined) => void) {
    void this.#run(address, tell);
  }

  close(): void {
    this.#closed = true;
  }

  async #run(address: string, tell: (image: HTMLImageElement | undefined) => void): Promise<void> {
    while (!this.#closed) {
      const came = await load(`${address}&cacheBust=${Date.now()}`);
      if (this.#closed) return;
      tell(came);
      await new Promise((resolve) => setTimeout(resolve, EVERY));
    }
  }
}

/** A new image each time: one that fails shows nothing, not even what it showed before. */
async function load(address: string): Promise<HTMLImageElement | undefined> {
  const image = new Image();
  const tooLate = setTimeout(() => image.removeAttribute('src'), PATIENCE);
  image.src = address;
  try {
    await image.decode();
    return image;
  } catch {
    // The hub, or something between here and it, refuses: the next one may come.
    return undefined;
  } finally {
    clearTimeout(tooLate);
  }
}
