/** Where this script came from: the hub that it is to show pictures of. Without the password that its address may hold. */
export function defaultServer(): string {
  const { origin, pathname } = new URL('.', import.meta.url);
  return origin + pathname;
}
