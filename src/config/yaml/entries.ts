import { isMap, isNode, isPair, isScalar, isSeq, type Node, Scalar, type YAMLMap } from 'yaml';
import type { YamlText } from './document.ts';

export interface Entry {
  /** Text of the key; undefined where the key is no scalar. */
  readonly key: string | undefined;
  readonly keyNode: Node;
  /** Absent after a key without a value. */
  readonly valueNode: Node | undefined;
  /** Came in through a merge key `<<`. */
  readonly merged: boolean;
}

/** Merge keys of merge keys are followed this far. */
const MAX_MERGES = 100;
const TOO_MANY = `more than ${MAX_MERGES} mappings are merged into one`;

/**
 * The entries of a mapping, merge keys (`<<: *base`) expanded as PyYAML does: own keys win over merged ones, earlier
 * merged mappings over later ones. Own duplicates are all returned.
 */
export function entriesOf(yaml: YamlText, map: YAMLMap): readonly Entry[] {
  const own: Entry[] = [];
  const merged: Entry[] = [];
  const taken = new Set<string>();
  let budget = MAX_MERGES;
  const visit = (at: YAMLMap, into: Entry[], isMerged: boolean) => {
    const bases: YAMLMap[] = [];
    const entries: Entry[] = [];
    for (const pair of at.items) {
      if (!isPair(pair) || !isNode(pair.key)) continue;
      const keyNode = pair.key;
      const valueNode = isNode(pair.value) ? pair.value : undefined;
      if (isMergeKey(keyNode)) bases.push(...basesOf(yaml, keyNode, valueNode));
      else {
        const resolved = yaml.resolve(keyNode);
        const key = isScalar(resolved) ? String(resolved.source ?? resolved.value ?? '') : undefined;
        entries.push({ key, keyNode, valueNode, merged: isMerged });
      }
    }
    for (const entry of entries) {
      if (isMerged && entry.key !== undefined && taken.has(entry.key)) continue;
      into.push(entry);
    }
    for (const { key } of entries) if (key !== undefined) taken.add(key);
    for (const base of bases) {
      if (budget-- > 0) visit(base, merged, true);
      else yaml.report('config/too-large', yaml.rangeOf(map), { message: TOO_MANY });
    }
  };
  visit(map, own, false);
  return [...merged, ...own];
}

function isMergeKey(node: Node): boolean {
  return isScalar(node) && node.source === '<<' && node.type === Scalar.PLAIN;
}

function basesOf(yaml: YamlText, keyNode: Node, value: Node | undefined): YAMLMap[] {
  const target = value && yaml.resolve(value);
  if (isMap(target)) return [target];
  const bases = isSeq(target) ? target.items.map((item) => isNode(item) && yaml.resolve(item)) : [];
  if (target && isSeq(target) && bases.every((base) => isMap(base))) return bases as YAMLMap[];
  yaml.report('config/type', yaml.rangeOf(value ?? keyNode), {
    message: 'a merge key `<<` takes an alias of a mapping, or a list of them',
  });
  return [];
}
