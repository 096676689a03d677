/** As package.json says under `engines`. */
export const OLDEST_NODE = '20.18.1';

/** Whether this version of Node runs us. @param version e.g. `20.11.1` */
export function isNewEnough(version: string): boolean {
  const numbers = (text: string) => text.split('.').map(Number);
  const parts = numbers(version);
  const oldest = numbers(OLDEST_NODE);
  const at = oldest.findIndex((least, i) => parts[i] !== least);
  return at < 0 || parts[at]! > oldest[at]!;
}
