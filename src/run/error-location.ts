export interface ErrorLocation {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/**
 * The first `file.yaml:line:column` in a message of the trainer. It names files as its own folder sees them: a relative
 * name is completed by the full path that the message begins with.
 */
export function findLocation(message: string): ErrorLocation | undefined {
  const text = message.replace(/^error: /gm, '');
  const match = /(?:^|\s)((?:[A-Za-z]:[\\/])?[^:\n]*?\.ya?ml):(\d+):(\d+)/m.exec(text);
  if (!match) return undefined;
  const named = match[1]!.trim();
  const [, full = named] = /^((?:[A-Za-z]:)?[\\/][^:\n]*\.ya?ml): /m.exec(text) ?? [];
  const file = full.endsWith(named) ? full : named;
  return { file, line: Number(match[2]), column: Number(match[3]) };
}

const LONGEST = 400; // characters

/** What fits into a notification: the first lines without prefix, folders and quoted source lines. */
export function shortMessage(message: string): string {
  const lines = message
    .trim()
    .replace(/^error: /, '')
    .replace(/^.*\n\s*\^+\s*$/gm, '') // a quoted line with its marks
    .replace(/(?:[A-Za-z]:)?[\\/][^:\n]*[\\/]([^:\n\\/]+\.ya?ml)/g, '$1')
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '');
  const said = lines
    .slice(0, 4)
    .reduce((text, line) => (text === '' ? line : `${text}${/[.:;,]$/.test(text) ? '' : '.'} ${line}`), '');
  if (said === '') return 'the trainer ended without a message';
  return said.length > LONGEST ? `${said.slice(0, LONGEST)} …` : said;
}
