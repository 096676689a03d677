import { defaultText, expectedText, scalarText } from './expected.ts';
import { conditionText } from './schema/field.ts';
import { configTree, type Field, isSection, type Section } from './schema/fields.ts';

/** docs/configuration.md: every key, from the schema. */
export function referencePage(): string {
  const blocks = [INTRODUCTION];
  for (const child of configTree.children.values()) if (!isSection(child)) blocks.push(fieldBlock(child));
  for (const child of configTree.children.values())
    if (isSection(child)) blocks.push(...sectionBlocks(child));
  blocks.push(PROBLEMS);
  return `${blocks.join('\n\n')}\n`;
}

const INTRODUCTION = `# Configuration

<!-- Generated from src/config/schema by \`npm run docs\`. Change the schema, not this page. -->

A run is described by one YAML file. What it leaves out takes the default given here; an unknown key is an error.
Every key below is listed by its path: \`MODEL.HEAD.k\` is the key \`k\` in the section \`HEAD\` of the section \`MODEL\`.

\`\`\`yaml
MODEL:
  HEAD:
    name: ArcFace
    k: 3
OPTIMIZER:
  lr: 2e-2
\`\`\`

Values are written as users of the Python system write them: \`True\`, \`False\` and \`None\`, \`yes\` and \`no\`, numbers such as
\`2e-2\`, lists as YAML lists or as text (\`"(0.5, 0.5, 0.5)"\`). Text that Python would take for something else needs two
pairs of quotes: \`"'5'"\`. Beyond the Python system, a whole number may stand for a floating-point one (\`lr: 1\`).

Published configurations and the demonstration are in the folder \`configs\`; each says its command and result.`;

const PROBLEMS = `## Problems

[diagnostics.md](diagnostics.md) lists everything that can be wrong with a configuration, by code.`;

function sectionBlocks(section: Section): string[] {
  const mark = section.extension ? ' (extension: the Python system does not have it)' : '';
  const heading = `${'#'.repeat(section.keys.length + 1)} ${section.path}${mark}`;
  const blocks = [[heading, section.description, section.details].filter(Boolean).join('\n\n')];
  for (const child of section.children.values())
    blocks.push(...(isSection(child) ? sectionBlocks(child) : [fieldBlock(child)]));
  return blocks;
}

function fieldBlock(field: Field): string {
  const { meta } = field;
  const lines = [
    `#### \`${field.path}\``,
    '',
    [meta.description, meta['x-details']].filter(Boolean).join(' '),
    '',
    `- Default: \`${defaultText(field)}\``,
    `- Takes: ${meta.enumDescriptions ? 'one of' : expectedText(field)}`,
  ];
  meta.enumDescriptions?.forEach((description, i) => {
    lines.push(`  - \`${scalarText(field.allowed?.[i] ?? null)}\`: ${description}`);
  });
  if (meta['x-unit'] !== undefined) lines.push(`- Unit: ${meta['x-unit']}`);
  if (meta['x-used-when']) lines.push(`- Used when ${conditionText(meta['x-used-when'])}; ignored otherwise`);
  lines.push(`- Source: ${meta['x-source']}`);
  return lines.join('\n');
}
