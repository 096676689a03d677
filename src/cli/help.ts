import type { Command } from './command.ts';

export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((c) => c.name.length)) + 2;
  return [
    'mdfe: train multi-domain image embeddings',
    '',
    'Usage: mdfe COMMAND [ARGUMENTS]',
    '',
    ...commands.map((c) => `  ${c.name.padEnd(width)}${c.summary}`),
    '',
    'mdfe COMMAND --help tells the rest. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 130 stopped.',
  ].join('\n');
}

export function commandHelp(command: Command): string {
  const rows = Object.entries(command.options).map(([name, o]) => {
    const left = `  --${name}${o.value ? ` ${o.value}` : ''}`;
    return [left, o.default === undefined ? o.help : `${o.help} (default: ${o.default})`] as const;
  });
  const width = Math.max(0, ...rows.map(([left]) => left.length)) + 2;
  return [
    command.summary,
    '',
    ['Usage: mdfe', command.name, command.positionals, rows.length ? '[OPTIONS]' : '']
      .filter(Boolean)
      .join(' '),
    ...(rows.length ? ['', ...rows.map(([left, help]) => left.padEnd(width) + help)] : []),
  ].join('\n');
}
