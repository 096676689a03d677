import type { KeyValue } from '../schema/fields.ts';
import { type Config, defaultConfig } from '../schema/index.ts';

/** The configuration of one run: with its values, and without the sweep. */
export function applyOverrides(config: Config, overrides: Readonly<Record<string, KeyValue>>): Config {
  let changed: Config = withoutSweep(config);
  for (const [path, value] of Object.entries(overrides)) changed = set(changed, path.split('.'), value);
  return changed;
}

/** A single run's configuration: the sweep says nothing about it. */
export function withoutSweep(config: Config): Config {
  return { ...config, SWEEP: defaultConfig.SWEEP };
}

/** A copy with one value replaced; what does not change is shared. */
function set<T extends object>(at: T, [key, ...rest]: readonly string[], value: KeyValue): T {
  const inner = (at as Record<string, unknown>)[key!] as object;
  return { ...at, [key!]: rest.length === 0 ? value : set(inner, rest, value) };
}
