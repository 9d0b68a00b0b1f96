/** The part of the WebAssembly API that we use; Node has it, its type package leaves it to the browser's. */
declare namespace WebAssembly {
  class Module {}
  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
