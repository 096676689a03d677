import type { TextEdit } from '../../src/language/edits.ts';

/**
 * A change of a text, read from its start: a positive number keeps so many UTF-16 units, a negative one deletes them, a
 * string is inserted. What follows the last step is kept. Operational transformation after D. Nichols et al.,
 * "High-latency, low-bandwidth windowing in the Jupiter collaboration system", UIST 1995, section 3.
 */
export type TextChange = readonly Step[];
type Step = number | string;

export function isEmpty(change: TextChange): boolean {
  return change.length === 0;
}

/**
 * @param edits that do not overlap, of one text, offsets of the text before; at one place the later comes first, as
 *   editors report what is to be done from the end to the start
 */
export function changeOf(edits: readonly TextEdit[]): TextChange {
  const change = new ChangeBuilder();
  let at = 0;
  for (const { start, end, newText } of edits.toReversed().toSorted((a, b) => a.start - b.start)) {
    change.keep(start - at);
    change.insert(newText);
    change.delete(end - start);
    at = end;
  }
  return change.build();
}

/** In the order of the text, offsets of the text before, no two at one place. */
export function editsOf(change: TextChange): TextEdit[] {
  const edits: TextEdit[] = [];
  let at = 0;
  for (let i = 0; i < change.length; i++) {
    const step = change[i]!;
    if (typeof step === 'number' && step > 0) {
      at += step;
      continue;
    }
    const newText = typeof step === 'string' ? step : '';
    const next = typeof step === 'string' ? change[i + 1] : step;
    const deleted = typeof next === 'number' && next < 0 ? -next : 0;
    if (newText !== '' && deleted > 0) i++;
    edits.push({ start: at, end: at + deleted, newText });
    at += deleted;
  }
  return edits;
}

/** One change that does what `first` and then `second` do. */
export function compose(first: TextChange, second: TextChange): TextChange {
  const change = new ChangeBuilder();
  const a = new ChangeReader(first);
  const b = new ChangeReader(second);
  while (!a.atEnd || !b.atEnd) {
    if (a.kind === 'delete') change.delete(a.take(a.length).length);
    else if (b.kind === 'insert') change.insert(b.take(b.length).text);
    else {
      const length = Math.min(a.length, b.length);
      const before = a.take(length);
      const after = b.take(length);
      if (after.kind === 'keep') {
        if (before.kind === 'insert') change.insert(before.text);
        else change.keep(length);
      } else if (before.kind === 'keep') change.delete(length);
    }
  }
  return change.build();
}

/**
 * Two changes of one text, each as what it is after the other: `local` then the new `remote` gives the same text as
 * `remote` then the new `local`. Text that one inserts inside of what the other deletes stays; of two insertions at one
 * place the remote one comes first.
 */
export function transform(
  local: TextChange,
  remote: TextChange,
): { readonly local: TextChange; readonly remote: TextChange } {
  const newLocal = new ChangeBuilder();
  const newRemote = new ChangeBuilder();
  const a = new ChangeReader(local);
  const b = new ChangeReader(remote);
  while (!a.atEnd || !b.atEnd) {
    if (b.kind === 'insert') {
      const { text, length } = b.take(b.length);
      newLocal.keep(length);
      newRemote.insert(text);
    } else if (a.kind === 'insert') {
      const { text, length } = a.take(a.length);
      newLocal.insert(text);
      newRemote.keep(length);
    } else {
      const length = Math.min(a.length, b.length);
      const mine = a.take(length).kind;
      const theirs = b.take(length).kind;
      if (mine === 'keep' && theirs === 'keep') {
        newLocal.keep(length);
        newRemote.keep(length);
      } else if (mine === 'delete' && theirs === 'keep') newLocal.delete(length);
      else if (mine === 'keep' && theirs === 'delete') newRemote.delete(length);
    }
  }
  return { local: newLocal.build(), remote: newRemote.build() };
}

/** The text after a change. */
export function applyChange(text: string, change: TextChange): string {
  let result = '';
  let at = 0;
  for (const step of change) {
    if (typeof step === 'string') result += step;
    else {
      if (step > 0) result += text.slice(at, at + step);
      at += Math.abs(step);
    }
  }
  return result + text.slice(at);
}

/** Joins neighbouring steps, puts what is inserted at a place before what is deleted there, drops a kept end. */
class ChangeBuilder {
  private readonly steps: Step[] = [];

  keep(length: number): void {
    if (length === 0) return;
    const last = this.steps.at(-1);
    if (typeof last === 'number' && last > 0) this.steps[this.steps.length - 1] = last + length;
    else this.steps.push(length);
  }

  insert(text: string): void {
    if (text === '') return;
    const { steps } = this;
    const last = steps.at(-1);
    const deleted = typeof last === 'number' && last < 0 ? last : undefined;
    if (deleted !== undefined) steps.pop();
    const before = steps.at(-1);
    if (typeof before === 'string') steps[steps.length - 1] = before + text;
    else steps.push(text);
    if (deleted !== undefined) steps.push(deleted);
  }

  delete(length: number): void {
    if (length === 0) return;
    const last = this.steps.at(-1);
    if (typeof last === 'number' && last < 0) this.steps[this.steps.length - 1] = last - length;
    else this.steps.push(-length);
  }

  build(): TextChange {
    const last = this.steps.at(-1);
    return typeof last === 'number' && last > 0 ? this.steps.slice(0, -1) : this.steps;
  }
}

type Kind = 'keep' | 'insert' | 'delete';

/** A part of a step; `text` is empty unless it inserts. */
interface Piece {
  readonly kind: Kind;
  readonly length: number;
  readonly text: string;
}

/** Reads steps in pieces of any length; behind the last one everything is kept. */
class ChangeReader {
  private readonly steps: TextChange;
  private index = 0;
  private used = 0;

  constructor(steps: TextChange) {
    this.steps = steps;
  }

  get atEnd(): boolean {
    return this.index >= this.steps.length;
  }

  get kind(): Kind {
    const step = this.steps[this.index];
    if (typeof step === 'string') return 'insert';
    return step === undefined || step > 0 ? 'keep' : 'delete';
  }

  /** Of what is left of the step. */
  get length(): number {
    const step = this.steps[this.index];
    if (step === undefined) return Number.POSITIVE_INFINITY;
    return (typeof step === 'string' ? step.length : Math.abs(step)) - this.used;
  }

  take(length: number): Piece {
    const { kind, used } = this;
    const step = this.steps[this.index];
    const text = typeof step === 'string' ? step.slice(used, used + length) : '';
    if (length === this.length) {
      this.index++;
      this.used = 0;
    } else this.used += length;
    return { kind, length, text };
  }
}
