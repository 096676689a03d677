import type { Problem } from '../config/problem.ts';
import type { CompletionItem } from './completion-item.ts';
import type { TextEdit } from './edits.ts';
import type { Hover } from './hover.ts';
import type { InlayHint } from './inlay-hints.ts';
import type { ExperimentPreview } from './preview.ts';
import type { QuickFix } from './quick-fixes.ts';
import type { KeyChange } from './set-keys.ts';

/** Messages between the experiment editor's page and the extension host. Offsets in UTF-16 units. */

/** A text that the page starts from. A revision is the document's version. */
export interface DocumentText {
  readonly text: string;
  readonly revision: number;
  readonly eol: '\n' | '\r\n';
}

/** What becomes of the text, in the order in which it happens there. */
export type DocumentMessage =
  /** Not by this page. */
  | { readonly type: 'changed'; readonly revision: number; readonly edits: readonly TextEdit[] }
  | { readonly type: 'accepted'; readonly id: number; readonly revision: number }
  /** Made on an older revision, whose changes have been sent before; or not possible. */
  | { readonly type: 'refused'; readonly id: number };

export interface EditMessage {
  readonly type: 'edit';
  readonly id: number;
  /** That the edits are made on. */
  readonly revision: number;
  readonly edits: readonly TextEdit[];
}

interface Question<P, R> {
  readonly params: P;
  readonly result: R;
}

/** What the page asks of the language engine, about the revision that it has. */
export interface EditorQuestions {
  completion: Question<{ readonly offset: number }, readonly CompletionItem[]>;
  hover: Question<{ readonly offset: number }, Hover | undefined>;
  quickFixes: Question<object, readonly QuickFix[]>;
  inlayHints: Question<object, readonly InlayHint[]>;
}

export type EditorMethod = keyof EditorQuestions;

export type AskMessage = {
  [M in EditorMethod]: {
    readonly type: 'ask';
    readonly id: number;
    readonly method: M;
    readonly params: EditorQuestions[M]['params'];
  };
}[EditorMethod];

/** How VS Code's own editor would show the document. */
export interface EditorOptions {
  /** Monaco's, by VS Code's names. */
  readonly view: Readonly<Record<string, unknown>>;
  readonly indentation: {
    readonly insertSpaces: boolean;
    readonly tabSize: number;
    /** From the text, where it shows. */
    readonly detect: boolean;
  };
}

export type HostToEditor =
  | ({
      readonly type: 'start';
      readonly name: string;
      /** The JSON Schema of configurations. */
      readonly schema: object;
      /** Share of the width that the text takes. */
      readonly split: number;
      readonly options: EditorOptions;
    } & DocumentText)
  | { readonly type: 'options'; readonly options: EditorOptions }
  /** Line ends were changed: offsets mean something else from here on. */
  | ({ readonly type: 'restart' } & DocumentText)
  | DocumentMessage
  | { readonly type: 'diagnostics'; readonly revision: number; readonly problems: readonly Problem[] }
  | { readonly type: 'preview'; readonly revision: number; readonly preview: ExperimentPreview }
  | { readonly type: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly reason: string }
  /** The document is about to be saved: what was typed is wanted. */
  | { readonly type: 'flush'; readonly id: number };

export type EditorToHost =
  | { readonly type: 'ready' }
  | EditMessage
  | AskMessage
  | { readonly type: 'flushed'; readonly id: number }
  | { readonly type: 'setKeys'; readonly changes: readonly KeyChange[] }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' }
  | { readonly type: 'selectDataFolder' }
  /** A web address, of a hover or a quick fix. */
  | { readonly type: 'open'; readonly address: string }
  /** What a problem's code means. */
  | { readonly type: 'explain'; readonly code: string }
  | { readonly type: 'split'; readonly split: number };
