const SECTIONS = /^(MODEL|DATASET|DATALOADER|TRANSFORM|TRAIN|LOSS|OPTIMIZER|SCHEDULER|GOOGLE_DRIVE)\s*:/gm;

/** Sections of ours that a file elsewhere must have at the top level to count. */
const ENOUGH = 2;

/**
 * True for an experiment's configuration: a YAML file in a folder `configs`, or one that names our schema, or one
 * that has our sections.
 *
 * @param path with forward or backward slashes
 * @param text of the file; its beginning is enough
 */
export function looksLikeConfig(path: string, text: string): boolean {
  if (!/\.ya?ml$/i.test(path)) return false;
  if (/(^|[\\/])configs[\\/]/.test(path) && new Set(text.match(SECTIONS)).size > 0) return true;
  if (/^#\s*yaml-language-server:\s*\$schema=.*mdfe/m.test(text)) return true;
  return new Set(text.match(SECTIONS)).size >= ENOUGH;
}
