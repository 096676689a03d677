import { type ParsedConfig, parseConfig } from '../config/parse.ts';
import type { Problem } from '../config/problem.ts';
import type { ProblemCode } from '../config/problem-codes.ts';
import { floatRepr } from '../config/python/value.ts';
import { configFields, isSection, nodeAt } from '../config/schema/fields.ts';
import { suggestKey } from '../config/suggest-key.ts';
import type { LanguageContext } from './context.ts';
import { applyEdits, difference, removeEntry, removeKey, setKey, type TextEdit } from './edits.ts';
import { currentModel } from './value-items.ts';

/** A change that removes a problem, or a command that leads there. */
export interface QuickFix {
  readonly title: string;
  readonly problem: Problem;
  readonly edits: readonly TextEdit[];
  /** One of ours, with its arguments. */
  readonly command?: { readonly id: string; readonly arguments: readonly string[] };
}

interface FixInput {
  readonly text: string;
  readonly parsed: ParsedConfig;
  readonly context: LanguageContext;
}

type Fix = Omit<QuickFix, 'problem'>;
type FixRule = (input: FixInput, problem: Problem) => readonly Fix[];

/** Fixes of all problems; what should stand in the place of the problem comes first. */
export function quickFixes(text: string, parsed: ParsedConfig, context: LanguageContext = {}): QuickFix[] {
  const input = { text, parsed, context };
  return parsed.problems.flatMap((problem) => {
    const fixes = [...suggested(problem), ...(RULES[problem.code]?.(input, problem) ?? [])];
    return fixes.map((fix) => ({ ...fix, problem }));
  });
}

function suggested({ suggestion, range }: Problem): Fix[] {
  if (suggestion === undefined) return [];
  const edit = { start: range.start.offset, end: range.end.offset, newText: suggestion };
  return [{ title: `Change to ${suggestion}`, edits: [edit] }];
}

const remove: FixRule = ({ text, parsed }, { path }) =>
  path !== undefined && parsed.has(path)
    ? [{ title: `Remove ${path}`, edits: [removeKey(text, parsed, path)] }]
    : [];

const set =
  (path: string, value: string | ((input: FixInput) => string)): FixRule =>
  (input) => {
    const text = typeof value === 'string' ? value : value(input);
    return [{ title: `Set ${path} to ${text}`, edits: [setKey(input.text, input.parsed, path, text)] }];
  };

const all =
  (...rules: readonly FixRule[]): FixRule =>
  (input, problem) =>
    rules.flatMap((rule) => rule(input, problem));

/** What can be done beyond the suggestion that a problem itself carries. */
const RULES: Partial<Record<ProblemCode, FixRule>> = {
  'config/tab': tabs,
  'config/empty-section': remove,
  'config/duplicate-key': removeHere,
  'config/unknown-key': (input, problem) =>
    problem.suggestion === undefined ? [...moveKey(input, problem), ...removeHere(input, problem)] : [],
  'config/ignored-key': remove,
  'config/recomputed-key': remove,
  'config/output-dim': remove,
  'config/image-size-fixed': remove,
  'config/dataset-twice': (input, problem) => removeHere(input, problem),
  'config/weights-missing': addWeights,
  'config/margin-order': swapMargins,
  'config/min-lr': set('SCHEDULER.min_lr', ({ parsed }) => floatRepr(parsed.effective.OPTIMIZER.lr)),
  'config/warmup-too-long': set('SCHEDULER.warmup_steps', '1'),
  'config/no-training': (input) =>
    input.parsed.effective.TRAIN.epoch_based ? [] : set('TRAIN.iterations', '10000')(input, NOTHING),
  'config/no-checkpoint': (input) => {
    const { TRAIN, DATALOADER } = input.parsed.effective;
    if (TRAIN.epoch_based) return [];
    return set('TRAIN.seen_img_save', String(TRAIN.iterations * DATALOADER.batch_size))(input, NOTHING);
  },
  'config/fine-tuning-lr': (input, problem) =>
    problem.suggestion === undefined ? set('OPTIMIZER.lr', '1e-5')(input, problem) : [],
  'config/random-transform': set('TRANSFORM.name', 'openai-clip'),
  'config/eval-csv': set('EVAL.csv_file', 'eval.csv'),
  'config/sweep-key': removeHere,
  'config/sweep-repeated': removeHere,
  'config/sweep-steps': addSteps,
  'config/sweep-runs': (input, problem) =>
    problem.suggestion === undefined ? set('SWEEP.runs', '20')(input, problem) : [],
  'config/sweep-by-loss': set('EVAL.hold_out', 'classes'),
  'config/gpu-ids': set('TRAIN.data_parallel', 'False'),
  'config/dataset-missing': all(
    () => [command('Select the data folder', 'mdfe.selectDataFolder')],
    ({ context }, { message }) => {
      const page = /(https?:\/\/[^\s;,)]+)/.exec(message)?.[1];
      return page === undefined || !context.machine ? [] : [command(`Open ${page}`, 'vscode.open', page)];
    },
  ),
};

/** For rules that do not look at the problem. */
const NOTHING = {} as Problem;

function command(title: string, id: string, ...args: readonly string[]): Fix {
  return { title, edits: [], command: { id, arguments: args } };
}

/** Takes out the entry whose key is the problem's place, or the item that is. */
function removeHere({ text }: FixInput, { range, got }: Problem): Fix[] {
  const start = range.start.offset;
  const rest = text.slice(range.end.offset);
  const isKey = /^\s*:(\s|$)/.test(rest);
  const inFlow = /[{,[]\s*$/.test(text.slice(text.lastIndexOf('\n', start - 1) + 1, start));
  const value = isKey ? (inFlow ? /^\s*:[^,}\]\n]*/ : /^\s*:[^\n]*/).exec(rest)![0].trimEnd().length : 0;
  if (isKey && !inFlow && hasBlockBelow(text, start, range.end.offset)) return [];
  const title = `Remove ${got ?? text.slice(start, range.end.offset)}`;
  return [{ title, edits: [removeEntry(text, start, range.end.offset + value)] }];
}

/** True where deeper lines follow: they would be left without their key. */
function hasBlockBelow(text: string, start: number, end: number): boolean {
  const indent = start - (text.lastIndexOf('\n', start - 1) + 1);
  const next = /\n([ \t]*)(?![ \t\r\n#])/.exec(text.slice(end));
  return (next?.[1]?.length ?? 0) > indent;
}

/** All lines at once: with the others still in tabs, the file would stay unreadable. */
function tabs({ text }: FixInput): Fix[] {
  const edits = [...text.matchAll(/^ *\t[ \t]*/gm)].map(({ 0: blank, index }) => ({
    start: index,
    end: index + blank.length,
    newText: blank.replaceAll('\t', '  '),
  }));
  return edits.length === 0 ? [] : [{ title: 'Indent with spaces', edits }];
}

/** A key with its value into the section that has it, where that does not give it yet. */
function moveKey(input: FixInput, problem: Problem): Fix[] {
  const { text, parsed } = input;
  const { path, got, range } = problem;
  const section = path === undefined ? undefined : nodeAt(path.split('.').slice(0, -1));
  if (got === undefined || !section || !isSection(section)) return [];
  const target = suggestKey(section, got)?.text;
  const field = target === undefined ? undefined : configFields.get(target);
  const written = /^[ \t]*:[ \t]+([^\s#{[&*|>][^#\n]*)/.exec(text.slice(range.end.offset))?.[1]?.trim();
  if (target === undefined || !field || !written || parsed.has(target)) return [];
  const [removal] = removeHere(input, problem);
  if (!removal || /[,}\]]/.test(written)) return [];
  const without = applyEdits(text, removal.edits);
  const edit = setKey(without, parseConfig(without, ''), target, written);
  return [{ title: `Move to ${target}`, edits: difference(text, applyEdits(without, [edit])) }];
}

/** At the end of a range in braces, or as a further line of one in a block. */
function addSteps({ text }: FixInput, { range, path }: Problem): Fix[] {
  const start = range.start.offset;
  const end = range.end.offset;
  const title = `Try five values of ${path?.replace('SWEEP.keys.', '')}`;
  if (text[start] === '{') {
    const at = start + text.slice(start, end - 1).trimEnd().length;
    return [{ title, edits: [{ start: at, end: at, newText: ', steps: 5' }] }];
  }
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  return [{ title, edits: [{ start: end, end, newText: `\n${indent}steps: 5` }] }];
}

function addWeights({ text, parsed, context }: FixInput, { suggestion }: Problem): Fix[] {
  const tags = suggestion === undefined ? currentModel(parsed.effective, context)?.tags : undefined;
  return (tags ?? []).slice(0, 8).map((tag) => ({
    title: `Use the weights ${tag}`,
    edits: [setKey(text, parsed, 'MODEL.BACKBONE.weights', tag)],
  }));
}

function swapMargins({ text, parsed }: FixInput): Fix[] {
  const { m_max, m_min } = parsed.effective.MODEL.HEAD;
  const [max, min] = ['MODEL.HEAD.m_max', 'MODEL.HEAD.m_min'] as const;
  if (!parsed.has(max) || !parsed.has(min)) return [];
  const edits = [setKey(text, parsed, max, String(m_min)), setKey(text, parsed, min, String(m_max))];
  return [{ title: 'Swap m_max and m_min', edits }];
}
