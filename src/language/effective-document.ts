import { counted } from '../common/counted.ts';
import type { ParsedConfig } from '../config/parse.ts';
import { resolvedYaml } from '../config/resolved-yaml.ts';

/** The configuration merged over its defaults as YAML, with a word on what the file itself gives. */
export function effectiveDocument(name: string, parsed: ParsedConfig): string {
  const errors = parsed.problems.filter((p) => p.severity === 'error').length;
  const warning =
    errors === 0
      ? []
      : [`# The file has ${counted(errors, 'error')}: defaults stand for what could not be read.`];
  const path: string[] = [];
  const lines = resolvedYaml(parsed.effective)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, indent = '', key = '', value = ''] = /^( *)([\w-]+):(.*)$/.exec(line) ?? [];
      path.length = indent.length / 2;
      path.push(key);
      return value !== '' && parsed.has(path.join('.')) ? `${line} # given` : line;
    });
  return [
    `# ${name} over the defaults; lines marked "given" are in the file.`,
    ...warning,
    ...lines,
    '',
  ].join('\n');
}
