/** `1,630`. Written out here: the first number that toLocaleString writes takes twenty milliseconds. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/**
 * A number with its noun: `1 class`, `1,630 classes`, `0 queries`.
 *
 * @param noun singular, words before it included: `index image`
 */
export function counted(n: number, noun: string): string {
  return `${grouped(n)} ${n === 1 ? noun : plural(noun)}`;
}

function plural(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}
