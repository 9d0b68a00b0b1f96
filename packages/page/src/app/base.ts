/** The address of the hub: where this page is, without the password that its own address may hold. */
export const base = location.origin + location.pathname.replace(/[^/]*$/, '');

/** @param path below the hub's address, such as `snapshot/garage` */
export function at(path: string): string {
  return base + path;
}
