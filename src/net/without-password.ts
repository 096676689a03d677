/** An address as messages may show it: `http://user:secret@proxy` -> `http://***@proxy`. Need not be a valid one. */
export function withoutPassword(address: string): string {
  return address.replace(/^(.*\/\/)?.*@/, '$1***@');
}
