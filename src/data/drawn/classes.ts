import { readFile } from 'node:fs/promises';
import {
  codePointsOf,
  type Drawing,
  EMOJI_SETS,
  FLAG_SETS,
  IconSet,
  type Licence,
  resolvePackage,
} from './icon-sets.ts';

/** An emoji or flag, drawn by several vendors: what the same product photographed twice is to a shop. */
export interface DrawnClass {
  readonly domain: string;
  readonly name: string;
  readonly drawings: readonly Drawing[];
}

/** Emoji groups of Unicode that make good domains, and what we call them. */
const DOMAINS: Readonly<Record<string, string>> = {
  'Food & Drink': 'food',
  'Animals & Nature': 'animals',
  'Travel & Places': 'landmarks',
  Flags: 'flags',
  Objects: 'objects',
  Activities: 'activities',
  'People & Body': 'people',
  'Smileys & Emotion': 'faces',
  Symbols: 'symbols',
};

export const DOMAIN_NAMES: readonly string[] = Object.values(DOMAINS);

interface EmojiInfo {
  readonly name: string;
  readonly slug: string;
  readonly group: string;
}

/**
 * Classes of the given domains with at least `minDrawings` different drawings, in Unicode's order.
 * @param without bodies of drawings that are not to be used
 */
export async function drawnClasses(
  domains: ReadonlySet<string>,
  minDrawings: number,
  without: ReadonlySet<string> = new Set(),
): Promise<{ classes: DrawnClass[]; licences: Licence[] }> {
  const emojiSets = await Promise.all(EMOJI_SETS.map((set) => IconSet.load(set)));
  const flagSets = await Promise.all(FLAG_SETS.map((set) => IconSet.load(set)));
  const path = resolvePackage('unicode-emoji-json/data-by-emoji.json');
  const emoji = JSON.parse(await readFile(path, 'utf8')) as Record<string, EmojiInfo>;
  const taken = new Set(without);
  const classes: DrawnClass[] = [];
  for (const [character, info] of Object.entries(emoji)) {
    const domain = DOMAINS[info.group];
    if (!domain || !domains.has(domain)) continue;
    const found = [
      ...emojiDrawings(character, info, emojiSets),
      ...flagDrawings(character, domain, flagSets),
    ];
    const drawings = distinct(found, taken);
    if (drawings.length >= minDrawings) classes.push({ domain, name: slug(info.slug), drawings });
  }
  return { classes, licences: [...emojiSets, ...flagSets].map((set) => set.licence) };
}

/** Each vendor's own map of characters first, then the names that the others give this character. */
function emojiDrawings(character: string, info: EmojiInfo, sets: readonly IconSet[]): Drawing[] {
  const codePoints = codePointsOf(character);
  const names = new Set([slug(info.slug), slug(info.name)]);
  for (const set of sets) {
    const name = set.nameOf(codePoints);
    if (name) names.add(name);
  }
  return sets.flatMap((set) => {
    const own = set.nameOf(codePoints);
    for (const name of own ? [own, ...names] : names) {
      const drawing = set.find(name);
      if (drawing) return [drawing];
    }
    return [];
  });
}

/** A national flag is two regional indicators that spell the country's ISO 3166 code. */
function flagDrawings(character: string, domain: string, sets: readonly IconSet[]): Drawing[] {
  if (domain !== 'flags') return [];
  const letters = [...character].map((c) => c.codePointAt(0)! - 0x1f1e6);
  if (letters.length !== 2 || letters.some((l) => l < 0 || l > 25)) return [];
  const country = letters.map((l) => String.fromCharCode(97 + l)).join('');
  return sets.flatMap((set) => set.find(set.set === 'flag' ? `${country}-4x3` : country) ?? []);
}

/** One picture counts once: not twice in a class, nor in two classes. Animations do not rasterise. */
function distinct(drawings: readonly Drawing[], taken: Set<string>): Drawing[] {
  return drawings.filter(({ body }) => {
    if (taken.has(body) || body.includes('<animate')) return false;
    taken.add(body);
    return true;
  });
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
