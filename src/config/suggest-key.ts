import { nearest } from '../common/suggest.ts';
import { configFields, configSections, type Field, isSection, type Section } from './schema/fields.ts';

export interface KeySuggestion {
  /** For the message: a key, or a whole path where the key belongs elsewhere. */
  readonly text: string;
  /** What could stand in the place of the key; absent where it belongs into another section. */
  readonly replacement?: string;
}

/** The key that was probably meant: a similar one of the section, a usual misnomer, or one of another section. */
export function suggestKey(section: Section, name: string): KeySuggestion | undefined {
  const keys = [...section.children.keys()];
  const same = keys.find((key) => key.toLowerCase() === name.toLowerCase());
  const misnomer = [...section.children].find(
    ([, child]) => !isSection(child) && child.meta['x-aliases']?.includes(name),
  )?.[0];
  const here = same ?? misnomer;
  if (here !== undefined) return { text: here, replacement: here };
  const elsewhere = [...configFields.keys(), ...configSections.keys()].find(
    (path) => path.split('.').at(-1) === name,
  );
  if (elsewhere !== undefined) return { text: elsewhere };
  const spellings = new Map<string, string>();
  for (const [key, child] of section.children)
    if (!isSection(child)) for (const alias of child.meta['x-aliases'] ?? []) spellings.set(alias, key);
  for (const key of keys) spellings.set(key, key);
  // A key wins over a misnomer that is as near.
  const near = nearest(name, [...keys, ...spellings.keys()]);
  const key = near === undefined ? undefined : spellings.get(near)!;
  return key === undefined ? undefined : { text: key, replacement: key };
}

/** The path of the key that was probably meant by a name or path: `lr` and `OPTIMIZER.learning_rate` are OPTIMIZER.lr. */
export function suggestPath(written: string, fields: readonly Field[]): string | undefined {
  const [name = '', ...sections] = written.split('.').toReversed();
  const inSection = ({ keys }: Field) =>
    sections.every((s, i) => keys.at(-2 - i)?.toLowerCase() === s.toLowerCase());
  const called = (field: Field) =>
    field.keys.at(-1)?.toLowerCase() === name.toLowerCase() ||
    field.meta['x-aliases']?.includes(name) === true;
  const found = fields.find((f) => called(f) && inSection(f)) ?? fields.find(called);
  const similar = (word: string, spelling: (field: Field) => string) => {
    const near = nearest(word, fields.map(spelling));
    return fields.find((field) => spelling(field) === near)?.path;
  };
  return found?.path ?? similar(written, (f) => f.path) ?? similar(name, (f) => f.keys.at(-1)!);
}
