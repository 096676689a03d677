const SECTIONS = [
  'MODEL',
  'DATASET',
  'DATALOADER',
  'TRANSFORM',
  'TRAIN',
  'LOSS',
  'OPTIMIZER',
  'SCHEDULER',
  'GOOGLE_DRIVE',
];

/** Keys that a configuration may have beside these. */
const OTHERS = ['SEED', 'EVAL', 'SWEEP'];

/** Sections of ours that a file elsewhere must have at the top level to count. */
const ENOUGH = 2;

/** The comment that makes any YAML file a configuration. */
export const CONFIG_MARK = '# mdfe: config';

const MARKS = /^#\s*(mdfe:\s*config\b|yaml-language-server:\s*\$schema=.*mdfe)/m;

/**
 * True for an experiment's configuration: a YAML file in a folder `configs` that has one of our keys or none at all
 * yet, one that is marked or names our schema, or one that has our sections.
 *
 * @param path with forward or backward slashes
 * @param text of the file; its beginning is enough
 */
export function looksLikeConfig(path: string, text: string): boolean {
  if (!/\.ya?ml$/i.test(path)) return false;
  return looksLikeConfigText(text, /(^|[\\/])configs[\\/]/.test(path));
}

/** The same for a text without a name of its own. */
export function looksLikeConfigText(text: string, inConfigs = false): boolean {
  if (MARKS.test(text)) return true;
  const keys = new Set([...text.matchAll(/^(["']?)([\w.-]+)\1[ \t]*:(?=\s|$)/gm)].map((found) => found[2]!));
  const sections = SECTIONS.filter((name) => keys.has(name)).length;
  if (!inConfigs) return sections >= ENOUGH;
  return sections > 0 || keys.size === 0 || OTHERS.some((name) => keys.has(name));
}
