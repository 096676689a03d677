import type { Command, OptionSpec } from './command.ts';

/** docs/command-line.md: every command and option, as `mdfe --help` has them. */
export function commandLinePage(commands: readonly Command[]): string {
  return `${[INTRODUCTION, ...commands.map(commandBlock)].join('\n\n')}\n`;
}

const INTRODUCTION = `# Command line

<!-- Generated from src/cli/commands by \`npm run docs\`. Change the commands, not this page. -->

\`npx mdfe COMMAND\` in this repository, or \`node dist/cli.mjs COMMAND\` wherever the bundle lies. Options may stand anywhere
and also in the Python spelling (\`--output_dir\`). What a command prints as its result goes to standard output; progress,
warnings and errors go to standard error.

| exit code | |
|---|---|
| 0 | done |
| 1 | failed, for a reason outside the command: data, weights, a device, the disk, another process |
| 2 | the command line or the configuration has to be changed; nothing was begun |
| 130 | stopped by Ctrl+C or a signal; training writes a checkpoint first. A second Ctrl+C does not wait for it |`;

function commandBlock({ name, summary, positionals, options }: Command): string {
  const rows = Object.entries(options).map(optionRow);
  const usage = ['mdfe', name, positionals, rows.length > 0 ? '[OPTIONS]' : ''].filter(Boolean).join(' ');
  const table = rows.length > 0 ? ['| option | |\n|---|---|', ...rows].join('\n') : '';
  return [`## ${name}`, `${sentence(summary)}`, `\`\`\`sh\n${usage}\n\`\`\``, table]
    .filter(Boolean)
    .join('\n\n');
}

function optionRow([name, { value, help, default: byDefault }]: [string, OptionSpec]): string {
  const words = byDefault === undefined ? help : `${help} (default: ${byDefault})`;
  return `| \`--${name}${value ? ` ${value}` : ''}\` | ${words} |`.replaceAll(/(?<=\w)\|(?=\w)/g, '\\|');
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
