/** A message of the trainer, taken apart for showing. */
export interface FailureText {
  readonly lines: readonly FailureLine[];
  /** What was expected, what was got, what to do. */
  readonly details: readonly { readonly name: string; readonly text: string }[];
}

export interface FailureLine {
  /** Path that the line begins with, if it is one that can be opened. */
  readonly path: string;
  readonly text: string;
}

const DETAIL = /^ {2}(expected|got|to do): +(.*)$/;
const NAMED = /^\s*([^\s:][^\n]*?\.(?:jpe?g|png|webp|bmp|gif|tiff?|csv|json|ya?ml))(?=: )/i;

export function readFailure(message: string): FailureText {
  const lines: FailureLine[] = [];
  const details: { name: string; text: string }[] = [];
  for (const line of message.split('\n')) {
    const [, name, text] = DETAIL.exec(line) ?? [];
    if (name !== undefined && text !== undefined) details.push({ name: NAMES[name]!, text });
    else if (details.length > 0) details.at(-1)!.text += ` ${line.trim()}`;
    else lines.push(lineOf(line));
  }
  return { lines, details };
}

const NAMES: Readonly<Record<string, string>> = { expected: 'Expected', got: 'Got', 'to do': 'What to do' };

function lineOf(line: string): FailureLine {
  const [, path = ''] = NAMED.exec(line) ?? [];
  return { path, text: path === '' ? line : line.slice(line.indexOf(path) + path.length) };
}
