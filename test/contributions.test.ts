import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEVICES } from '../src/engine/device.ts';
import { ENGINE_NAMES } from '../src/engine/names.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

interface Setting {
  readonly default: unknown;
  readonly examples?: readonly string[];
  readonly pattern?: string;
}

const { contributes } = JSON.parse(read('package.json')) as {
  contributes: {
    commands: readonly { command: string; title: string }[];
    configuration: { properties: Readonly<Record<string, Setting>> };
  };
};
/** Cells of the rows of all tables. */
const rows = [...read('docs/editor.md').matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) =>
  row.split('|').map((cell) => cell.trim()),
);

test.each(contributes.commands)('$command is described by its title, $title', ({ title }) => {
  const described = rows.flatMap(([names = '']) => /^MDFE: (.*)$/.exec(names)?.[1]?.split(', ') ?? []);
  expect(described).toContain(title);
});

test.each(Object.entries(contributes.configuration.properties))(
  '%s is described with its default',
  (name, { default: value }) => {
    const row = rows.find(([cell]) => cell === `\`${name}\``);
    expect(row?.[1]?.replaceAll('`', '')).toBe(String(value));
  },
);

test('the setting of the device offers what --device takes', () => {
  const { examples, pattern } = contributes.configuration.properties['mdfe.device']!;
  expect(examples).toEqual(DEVICES.map((device) => device.replace('N', '0')));
  for (const device of [...examples!, ...ENGINE_NAMES, 'tensorrt:1'])
    expect(device).toMatch(new RegExp(pattern!));
});
