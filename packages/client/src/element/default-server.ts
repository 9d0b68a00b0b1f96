/** Where this script came from: the hub that it is to show pictures of. */
export function defaultServer(): string {
  return new URL('.', import.meta.url).href;
}
