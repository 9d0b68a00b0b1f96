/**
 * The address of a hub's WebSocket: `http://host/prefix/` and `ws://host/prefix/ws` mean the same. Relative addresses are
 * those of the page.
 */
export function socketAddress(url: string | URL): string {
  const address = new URL(url, globalThis.location?.href);
  address.protocol = address.protocol.replace(/^http/, 'ws');
  if (!address.pathname.endsWith('/ws')) address.pathname = `${address.pathname.replace(/\/$/, '')}/ws`;
  address.hash = '';
  return address.href;
}
