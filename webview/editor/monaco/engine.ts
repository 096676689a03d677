import type { editor, IRange, languages, Position } from 'monaco-editor/esm/vs/editor/editor.api.js';
import type { Problem } from '../../../src/config/problem.ts';
import type { CompletionItem } from '../../../src/language/completion-item.ts';
import type { EditorMethod, EditorQuestions } from '../../../src/language/experiment-editor-messages.ts';
import type { InlayHint } from '../../../src/language/inlay-hints.ts';
import type { QuickFix } from '../../../src/language/quick-fixes.ts';
import { monaco, YAML } from './monaco.ts';
import type { SchemaAnswers } from './yaml-service.ts';

/** Our language engine, which runs beside the extension host. */
export interface Engine {
  /** About the text as it is now; undefined where someone else changed it meanwhile. Rejects where it does not answer. */
  ask<M extends EditorMethod>(
    method: M,
    params: EditorQuestions[M]['params'],
  ): Promise<EditorQuestions[M]['result'] | undefined>;
  /** Tells the user that the schema alone answers. */
  silent(reason: string): void;
  /** Fires when hints may have become other ones. */
  readonly hintsChanged: languages.InlayHintsProvider['onDidChangeInlayHints'];
}

const OWNER = 'mdfe';
/** Scheme of the links from problems to what their code means. */
export const CODE_SCHEME = 'mdfe-problem';
/** Command of Monaco that takes the command of a quick fix. */
export const FIX_COMMAND = 'mdfe.fixCommand';

/** Completion, hover, quick fixes and hints of our engine; the schema's answers where it does not answer. */
export function registerEngine(engine: Engine, schema: SchemaAnswers | undefined): void {
  const { languages: registry } = monaco;
  registry.registerCompletionItemProvider(YAML, {
    triggerCharacters: [':', ' ', '-', '[', '"', '/', '.', ','],
    provideCompletionItems(model, position, context, token) {
      const offset = model.getOffsetAt(position);
      return answered(
        engine,
        'completion',
        { offset },
        (items) => ({ suggestions: items.map((item, i) => toSuggestion(item, i, offset, position)) }),
        () => schema?.completion.provideCompletionItems(model, position, context, token),
      );
    },
  });
  registry.registerHoverProvider(YAML, {
    provideHover: (model, position, token, context) =>
      answered(
        engine,
        'hover',
        { offset: model.getOffsetAt(position) },
        (found) => ({ range: rangeOf(model, found), contents: [{ value: found.markdown }] }),
        () => schema?.hover.provideHover(model, position, token, context),
      ),
  });
  registry.registerCodeActionProvider(
    YAML,
    {
      provideCodeActions: (model, range) =>
        answered(engine, 'quickFixes', {}, (fixes) => ({
          actions: fixes
            .filter(({ problem }) => monaco.Range.areIntersectingOrTouching(problemRange(problem), range))
            .map((fix) => toAction(model, fix)),
          dispose: () => {},
        })),
    },
    { providedCodeActionKinds: ['quickfix'] },
  );
  registry.registerInlayHintsProvider(YAML, {
    ...(engine.hintsChanged && { onDidChangeInlayHints: engine.hintsChanged }),
    provideInlayHints: (model, range) =>
      answered(engine, 'inlayHints', {}, (found) => ({
        hints: found
          .map((hint) => toHint(model, hint))
          .filter(({ position }) => range.containsPosition(position)),
        dispose: () => {},
      })),
  });
}

/** What is made of the engine's answer; where it does not answer, that is said, and `instead` is taken. */
async function answered<M extends EditorMethod, T>(
  engine: Engine,
  method: M,
  params: EditorQuestions[M]['params'],
  make: (answer: NonNullable<EditorQuestions[M]['result']>) => T,
  instead: () => languages.ProviderResult<T> = () => undefined,
): Promise<T | undefined> {
  try {
    const answer = await engine.ask(method, params);
    return answer === undefined ? undefined : make(answer);
  } catch (error) {
    engine.silent(error instanceof Error ? error.message : String(error));
    return (await instead()) ?? undefined;
  }
}

export function showProblems(model: editor.ITextModel, problems: readonly Problem[]): void {
  monaco.editor.setModelMarkers(model, OWNER, problems.map(toMarker));
}

const SEVERITY = {
  error: monaco.MarkerSeverity.Error,
  warning: monaco.MarkerSeverity.Warning,
  information: monaco.MarkerSeverity.Info,
} as const;

function toMarker(problem: Problem): editor.IMarkerData {
  const { code, severity, message, expected } = problem;
  const isUnused = code === 'config/ignored-key' || code === 'config/recomputed-key';
  return {
    ...problemRange(problem),
    severity: SEVERITY[severity],
    message: expected === undefined ? message : `${message}\nexpected: ${expected}`,
    source: OWNER,
    code: { value: code, target: monaco.Uri.from({ scheme: CODE_SCHEME, path: code }) },
    ...(isUnused && { tags: [monaco.MarkerTag.Unnecessary] }),
  };
}

function problemRange({ range: { start, end } }: Problem): IRange {
  return {
    startLineNumber: start.line,
    startColumn: start.column,
    endLineNumber: end.line,
    endColumn: end.column,
  };
}

export function rangeOf(
  model: editor.ITextModel,
  { start, end }: { readonly start: number; readonly end: number },
): IRange {
  return monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end));
}

const { CompletionItemKind, CompletionItemInsertTextRule } = monaco.languages;

const KINDS: Readonly<Record<CompletionItem['kind'], languages.CompletionItemKind>> = {
  section: CompletionItemKind.Module,
  key: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  model: CompletionItemKind.Class,
  weights: CompletionItemKind.Constant,
  dataset: CompletionItemKind.Folder,
  path: CompletionItemKind.File,
  experiment: CompletionItemKind.Snippet,
};

function toHint(model: editor.ITextModel, { offset, label, tooltip }: InlayHint): languages.InlayHint {
  return { position: model.getPositionAt(offset), label, tooltip: { value: tooltip }, paddingLeft: true };
}

/** An item lies in the cursor's line, in which more may have been typed since it was asked for. */
function toSuggestion(
  item: CompletionItem,
  index: number,
  offset: number,
  { lineNumber, column }: Position,
): languages.CompletionItem {
  const startColumn = column + item.start - offset;
  const goesOn = item.kind === 'key' || item.insertText.endsWith('/');
  return {
    label: { label: item.label, description: item.detail },
    kind: KINDS[item.kind],
    insertText: item.insertText,
    ...(item.snippet && { insertTextRules: CompletionItemInsertTextRule.InsertAsSnippet }),
    documentation: { value: item.documentation },
    range: new monaco.Range(lineNumber, startColumn, lineNumber, column + item.end - offset),
    sortText: String(index).padStart(4, '0'),
    filterText: item.label,
    ...(item.preselect && { preselect: true }),
    ...(goesOn && { command: { id: 'editor.action.triggerSuggest', title: 'Suggest' } }),
  };
}

function toAction(
  model: editor.ITextModel,
  { title, problem, edits, command }: QuickFix,
): languages.CodeAction {
  return {
    title,
    kind: 'quickfix',
    diagnostics: [toMarker(problem)],
    isPreferred: title.startsWith('Change to'),
    ...(edits.length > 0 && {
      edit: {
        edits: edits.map((edit) => ({
          resource: model.uri,
          versionId: model.getVersionId(),
          textEdit: { range: rangeOf(model, edit), text: edit.newText },
        })),
      },
    }),
    ...(command && { command: { id: FIX_COMMAND, title, arguments: [command] } }),
  };
}
