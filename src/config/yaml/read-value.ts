import { isMap, isScalar, isSeq, type Node, Scalar } from 'yaml';
import { NONE, type PyValue, pyStr } from '../python/value.ts';
import { resolvePlain, yamlFloat, yamlInt } from '../python/yaml-scalar.ts';
import type { YamlText } from './document.ts';
import { entriesOf } from './entries.ts';

/** Values that expand to more nodes than this are refused: the bound against aliases of aliases. */
const MAX_NODES = 10_000;

/** The value of a node as PyYAML's safe_load gives it; undefined, with problems, where that fails. */
export function readValue(yaml: YamlText, node: Node): PyValue | undefined {
  let budget = MAX_NODES;
  const read = (unresolved: Node): PyValue | undefined => {
    if (--budget < 0) return undefined;
    const at = yaml.resolve(unresolved);
    if (at === undefined) return undefined;
    if (isScalar(at)) return readScalar(yaml, at);
    if (!allowTag(yaml, at, isSeq(at) ? 'seq' : 'map')) return undefined;
    if (isSeq(at)) {
      const items = readAll(at.items as Node[], read);
      return items && { kind: 'list', items };
    }
    if (!isMap(at)) return undefined;
    const entries: [PyValue, PyValue][] = [];
    for (const { keyNode, valueNode } of entriesOf(yaml, at)) {
      const key = read(keyNode);
      const value = valueNode ? read(valueNode) : NONE;
      if (key === undefined || value === undefined) return undefined;
      entries.push([key, value]);
    }
    return { kind: 'dict', entries };
  };
  const value = read(node);
  if (budget < 0)
    yaml.report('config/too-large', yaml.rangeOf(node), {
      message: `the value expands to more than ${MAX_NODES} parts`,
    });
  return value;
}

function readAll(nodes: readonly Node[], read: (node: Node) => PyValue | undefined): PyValue[] | undefined {
  const items: PyValue[] = [];
  for (const node of nodes) {
    const item = read(node);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

/** A scalar by its tag, else by PyYAML's rules for plain text; quoted text is text. */
function readScalar(yaml: YamlText, node: Scalar): PyValue | undefined {
  const text = node.source ?? (typeof node.value === 'string' ? node.value : '');
  const type = coreTag(node.tag);
  const value =
    type !== undefined ? readTagged(type, text) : isPlain(node) ? resolvePlain(text) : pyStr(text);
  if (value === undefined)
    yaml.report(type === undefined ? 'config/type' : 'config/tag', yaml.rangeOf(node), {
      message:
        type === undefined
          ? `YAML gives ${JSON.stringify(text)} a meaning of its own; quote it to make it text`
          : `the tag ${node.tag} cannot be read here; write the plain value`,
      got: text,
    });
  return value;
}

function readTagged(type: string, text: string): PyValue | undefined {
  switch (type) {
    case 'str':
      return pyStr(text);
    case 'int':
      return yamlInt(text);
    case 'float':
      return yamlFloat(text);
    case 'null':
      return NONE;
    case 'bool': {
      const value = resolvePlain(text);
      return value?.kind === 'bool' ? value : undefined;
    }
    default:
      return undefined;
  }
}

/** Reports a tag that is not the node's own kind. */
export function allowTag(yaml: YamlText, node: Node, kind: 'map' | 'seq'): boolean {
  const type = coreTag(node.tag);
  if (type === undefined || type === kind) return true;
  yaml.report('config/tag', yaml.rangeOf(node), {
    message: `the tag ${node.tag} cannot be read here; write the plain value`,
  });
  return false;
}

/** `int` for tag:yaml.org,2002:int; the whole tag for others; undefined where none was written. */
function coreTag(tag: string | undefined): string | undefined {
  return tag === undefined || tag === '!' ? undefined : tag.replace(/^tag:yaml\.org,2002:/, '');
}

function isPlain(node: Scalar): boolean {
  return (node.type === undefined || node.type === Scalar.PLAIN) && node.tag !== '!';
}
