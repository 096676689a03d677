import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { type Problem, type ProblemDetails, problem, type Range } from '../problem.ts';
import type { ProblemCode } from '../problem-codes.ts';
import { offsetBeyondDepth } from './nesting.ts';

/** Far above any configuration; beyond it the text is refused unread. */
const MAX_CHARACTERS = 512 * 1024;
const MAX_DEPTH = 64;
const MAX_PROBLEMS = 500;

const OPTIONS = {
  schema: 'failsafe',
  uniqueKeys: false,
  prettyErrors: false,
  strict: true,
  // 'silent' would also hide a second document.
  logLevel: 'error',
} as const;

/** A YAML text with positions; scalars are uninterpreted, their meaning is Python's (see python/yaml-scalar.ts). */
export class YamlText {
  readonly file: string;
  readonly text: string;
  readonly problems: Problem[] = [];
  readonly root: Node | undefined;
  private readonly reported = new Set<string>();
  private readonly lines = new LineCounter();
  private readonly anchors = new Map<string, Node>();

  constructor(text: string, file: string) {
    this.text = text;
    this.file = file;
    this.root = this.open();
  }

  /** Positions of two offsets, kept inside the text. */
  range(start: number, end: number): Range {
    const last = this.text.length;
    return {
      start: this.position(Math.min(start, last)),
      end: this.position(Math.min(Math.max(start, end), last)),
    };
  }

  /** The text of a node, without the blank and comment lines behind it. */
  rangeOf(node: Node): Range {
    const [start = 0, end = start] = node.range ?? [];
    // A block collection ends at the start of the next line.
    const trimmed = this.text.slice(start, end).trimEnd();
    return this.range(start, start + trimmed.length);
  }

  /** Adds a problem, once for each place and code. */
  report(code: ProblemCode, range: Range, details: ProblemDetails): void {
    const place = `${code} ${range.start.offset}`;
    if (this.full || this.reported.has(place)) return;
    this.reported.add(place);
    this.problems.push(problem(this.file, range, code, details));
    if (this.full)
      this.problems.push(
        problem(this.file, range, 'config/too-large', {
          message: `more than ${MAX_PROBLEMS} problems; those behind this place are not listed`,
        }),
      );
  }

  /** No further problem is listed. */
  get full(): boolean {
    return this.problems.length >= MAX_PROBLEMS;
  }

  /** What an alias stands for, or the node itself; undefined, with a problem, where an alias leads nowhere. */
  resolve(node: Node): Node | undefined {
    if (!isAlias(node)) return node;
    const target = this.anchors.get(node.source);
    const [start = 0] = node.range ?? [];
    const [from = 0, to = 0] = target?.range ?? [];
    if (target && to <= start) return target;
    const contains = target && from <= start;
    this.report('config/alias', this.rangeOf(node), {
      message: contains
        ? `the alias *${node.source} contains itself`
        : `no anchor &${node.source} stands before the alias *${node.source}`,
    });
    return undefined;
  }

  private open(): Node | undefined {
    for (let at = 0; at >= 0; at = this.text.indexOf('\n', at) + 1 || -1) this.lines.addNewLine(at);
    if (this.text.length > MAX_CHARACTERS) {
      this.report('config/too-large', this.range(0, 0), {
        message: 'the file is too large to be a configuration',
        expected: `at most ${MAX_CHARACTERS} characters`,
        got: `${this.text.length} characters`,
      });
      return undefined;
    }
    const deep = offsetBeyondDepth(this.text, MAX_DEPTH);
    if (deep !== undefined) {
      this.report('config/too-deep', this.range(deep, deep + 1), {
        message: `nested deeper than ${MAX_DEPTH} levels; a configuration has three`,
      });
      return undefined;
    }
    let document = parseDocument(this.text, OPTIONS);
    for (const error of document.errors) this.reportSyntax(error);
    const isTabbed = document.errors.some(({ code }) => code === 'TAB_AS_INDENT') && !/^ /m.test(this.text);
    // The nesting that was meant is clear: one mistake, not a dozen that follow from it.
    if (isTabbed)
      document = parseDocument(
        this.text.replace(/^\t+/gm, (tabs) => ' '.repeat(tabs.length)),
        OPTIONS,
      );
    this.collectAnchors(document);
    return isNode(document.contents) ? document.contents : undefined;
  }

  private collectAnchors(document: Document): void {
    visit(document, {
      Node: (_, node) => {
        const anchor = isMap(node) || isScalar(node) || 'items' in node ? node.anchor : undefined;
        if (anchor === undefined) return;
        if (this.anchors.has(anchor))
          this.report('config/syntax', this.rangeOf(node), {
            message: `the anchor &${anchor} is given twice`,
          });
        else this.anchors.set(anchor, node);
      },
    });
  }

  private reportSyntax(error: YAMLError): void {
    const [start, end] = error.pos;
    const code = error.code === 'TAB_AS_INDENT' ? 'config/tab' : 'config/syntax';
    const explanation =
      (error.message.startsWith('Flow') ? FLOW_END : SYNTAX[error.code]) ??
      error.message.replace(/\.?$/, '').replace(/^./, (c) => c.toLowerCase());
    // The parser's range is the whole second document.
    const last = error.code === 'MULTIPLE_DOCS' ? Math.min(end, start + '---'.length) : end;
    // Errors of tags are reported where the value is read.
    if (error.code !== 'TAG_RESOLVE_FAILED')
      this.report(code, this.range(start, last), { message: explanation });
  }

  private position(offset: number) {
    const { line, col } = this.lines.linePos(offset);
    return { offset, line, column: col };
  }
}

const FLOW_END = 'a closing bracket is missing, or stands too far left';

/** The common mistakes in plain words; the others keep the parser's. */
const SYNTAX: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'a tab indents this line; YAML allows spaces only',
  MULTIPLE_DOCS:
    'a second document starts here; a configuration is a single one, without `---` in the middle',
  BAD_INDENT: 'the indentation does not match the lines before',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line and end with a colon and a space',
  MISSING_CHAR: 'a closing quote, bracket or comma is missing',
  BLOCK_AS_IMPLICIT_KEY: 'the indentation does not match: a nested value cannot start here',
};
