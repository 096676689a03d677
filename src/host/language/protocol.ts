import type { Problem } from '../../config/problem.ts';
import type { ProblemCode } from '../../config/problem-codes.ts';
import type { CompletionItem } from '../../language/completion-item.ts';
import type { Coverage } from '../../language/context.ts';
import type { DocumentLink } from '../../language/document-links.ts';
import type { TextEdit } from '../../language/edits.ts';
import type { Task } from '../../language/experiment.ts';
import type { Hover } from '../../language/hover.ts';
import type { InlayHint } from '../../language/inlay-hints.ts';
import type { ExperimentPreview } from '../../language/preview.ts';
import type { QuickFix } from '../../language/quick-fixes.ts';
import type { KeyChange } from '../../language/set-keys.ts';
import type { ConfigSymbol } from '../../language/symbols.ts';

/** Where relative paths of a configuration count from, and what else only the editor knows. */
export interface Folders {
  readonly dataRoot?: string;
  /** Where run folders go. */
  readonly outputDir?: string;
  readonly workspace: string;
  /** The editor has a sign-in to Google Drive. */
  readonly driveSignIn?: boolean;
}

/** A text that a question is about. */
export interface DocumentState {
  readonly uri: string;
  readonly version: number;
  /** Absent where the other side has this version already. */
  readonly text?: string;
  readonly folders: Folders;
}

interface Question<P, R> {
  readonly params: P;
  readonly result: R;
}

/** Questions about a document. Offsets in UTF-16 units. */
export interface DocumentQuestions {
  diagnostics: Question<{ readonly coverage: Coverage }, readonly Problem[]>;
  quickFixes: Question<object, readonly QuickFix[]>;
  completion: Question<{ readonly offset: number; readonly coverage: Coverage }, readonly CompletionItem[]>;
  hover: Question<{ readonly offset: number; readonly coverage: Coverage }, Hover | undefined>;
  /** What takes out all problems of a kind, or all whose fix changes nothing that is trained. */
  fixAll: Question<{ readonly code?: ProblemCode }, readonly TextEdit[]>;
  links: Question<object, readonly DocumentLink[]>;
  inlayHints: Question<object, readonly InlayHint[]>;
  symbols: Question<object, readonly ConfigSymbol[]>;
  /** Line of the default document, from 0. */
  definition: Question<{ readonly offset: number }, number | undefined>;
  /** With marks and comments, to be read. */
  effective: Question<{ readonly name: string }, string>;
  /** Plain, to be compared. */
  resolved: Question<object, string>;
  /** Figures and curves for the experiment editor. */
  preview: Question<object, ExperimentPreview>;
  /** Edits that give keys values. */
  setKeys: Question<{ readonly changes: readonly KeyChange[] }, readonly TextEdit[]>;
}

/** Questions about what there is. */
export interface GeneralQuestions {
  defaults: Question<object, string>;
  resolvedDefaults: Question<object, string>;
  /** The documentation of a problem's code. */
  explain: Question<{ readonly code: string }, string>;
  choices: Question<{ readonly folders: Folders }, ExperimentChoices>;
  experiment: Question<ExperimentRequest, string>;
}

export type Questions = DocumentQuestions & GeneralQuestions;
export type Method = keyof Questions;

export type Request = {
  [M in Method]: {
    readonly id: number;
    readonly method: M;
    readonly params: Questions[M]['params'];
    readonly document?: DocumentState;
  };
}[Method];

export type Message =
  | { readonly kind: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string }
  | { readonly kind: 'log'; readonly text: string }
  /** What was found on the machine for this document is not what it was. */
  | { readonly kind: 'factsChanged'; readonly uri: string };

export interface Choice {
  readonly name: string;
  readonly description: string;
}

/** What a new experiment can be made of. */
export interface ExperimentChoices {
  readonly tasks: readonly (Choice & { readonly name: Task })[];
  readonly types: readonly (Choice & { readonly models: readonly ModelChoice[] })[];
  readonly datasets: readonly Choice[];
  readonly heads: readonly Choice[];
}

export interface ModelChoice extends Choice {
  readonly tags: readonly string[];
  /** Absent: one must be chosen, or none is published. */
  readonly defaultTag?: string;
}

export interface ExperimentRequest {
  readonly name: string;
  readonly task: Task;
  readonly type: string;
  readonly model: string;
  readonly tag?: string;
  readonly datasets: readonly string[];
  readonly head: string;
}
