export interface ErrorLocation {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** The first `file.yaml:line:column` in a message of the trainer. */
export function findLocation(message: string): ErrorLocation | undefined {
  const match = /(?:^|\s)((?:[A-Za-z]:[\\/])?[^:\n]*?\.ya?ml):(\d+):(\d+)/m.exec(
    message.replace(/^error: /gm, ''),
  );
  if (!match) return undefined;
  return { file: match[1]!.trim(), line: Number(match[2]), column: Number(match[3]) };
}

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
  return lines.slice(0, 4).join('. ').slice(0, 400) || 'the trainer ended without a message';
}
