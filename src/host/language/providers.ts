import * as vscode from 'vscode';
import { codeLenses } from '../../language/code-lenses.ts';
import type { CompletionItem } from '../../language/completion-item.ts';
import { folds } from '../../language/folding.ts';
import { SECTION_HEAD } from '../../language/section-head.ts';
import type { ConfigSymbol } from '../../language/symbols.ts';
import type { LanguageClient } from './client.ts';
import { CODE_ACTION_KINDS, CodeActions } from './code-actions.ts';
import { isConfig, rangeOf, SELECTOR } from './documents.ts';
import type { SchemaSupport } from './schema-support.ts';
import { DEFAULTS_URI } from './virtual-documents.ts';

/** Shown again when what they depend on changes. */
export interface Refresh {
  readonly hints: vscode.Event<void>;
}

/** All language features of configurations, each answered by the worker or by a look at the lines. */
export function registerProviders(
  client: LanguageClient,
  support: SchemaSupport,
  commands: ReadonlySet<string>,
  refresh: Refresh,
): vscode.Disposable {
  const { languages } = vscode;
  const all = () => support.coverage === 'all';
  return vscode.Disposable.from(
    languages.registerCompletionItemProvider(
      SELECTOR,
      {
        async provideCompletionItems(document, position) {
          if (!isConfig(document)) return undefined;
          const offset = document.offsetAt(position);
          const { coverage } = support;
          const items = await client.about(document, 'completion', { offset, coverage });
          return items.map((item, i) => toCompletionItem(document, item, i));
        },
      },
      ...[':', ' ', '-', '[', '"', '/', '.', ','],
    ),
    languages.registerHoverProvider(SELECTOR, {
      async provideHover(document, position) {
        if (!isConfig(document)) return undefined;
        const params = { offset: document.offsetAt(position), coverage: support.coverage };
        const found = await client.about(document, 'hover', params);
        if (!found) return undefined;
        return new vscode.Hover(
          new vscode.MarkdownString(found.markdown),
          rangeOf(document, found.start, found.end),
        );
      },
    }),
    languages.registerCodeActionsProvider(SELECTOR, new CodeActions(client), CODE_ACTION_KINDS),
    languages.registerDocumentLinkProvider(SELECTOR, {
      async provideDocumentLinks(document) {
        if (!isConfig(document)) return undefined;
        const links = await client.about(document, 'links', {});
        return links.map(({ start, end, target, tooltip }) => {
          const uri = 'page' in target ? vscode.Uri.parse(target.page) : vscode.Uri.file(target.file);
          const link = new vscode.DocumentLink(rangeOf(document, start, end), uri);
          link.tooltip = tooltip;
          return link;
        });
      },
    }),
    // VS Code indents behind the head of a section only where an extension says so.
    languages.setLanguageConfiguration('yaml', {
      onEnterRules: [{ beforeText: SECTION_HEAD, action: { indentAction: vscode.IndentAction.Indent } }],
    }),
    languages.registerInlayHintsProvider(SELECTOR, {
      onDidChangeInlayHints: refresh.hints,
      async provideInlayHints(document, range) {
        if (!isConfig(document)) return undefined;
        const hints = await client.about(document, 'inlayHints', {});
        return hints
          .map(({ offset, label, tooltip }) => {
            const hint = new vscode.InlayHint(document.positionAt(offset), label);
            hint.tooltip = new vscode.MarkdownString(tooltip);
            hint.paddingLeft = true;
            return hint;
          })
          .filter((hint) => range.contains(hint.position));
      },
    }),
    languages.registerCodeLensProvider(SELECTOR, {
      provideCodeLenses(document) {
        if (!isConfig(document) || document.isUntitled) return undefined;
        return codeLenses(document.getText(), commands).map(({ offset, title, command, tooltip }) => {
          const place = document.positionAt(offset);
          const action = { title, command, tooltip, arguments: [document.uri] };
          return new vscode.CodeLens(new vscode.Range(place, place), action);
        });
      },
    }),
    languages.registerDocumentSymbolProvider(SELECTOR, {
      async provideDocumentSymbols(document) {
        if (!isConfig(document) || !all()) return undefined;
        const found = await client.about(document, 'symbols', {});
        return found.map((symbol) => toSymbol(document, symbol));
      },
    }),
    languages.registerFoldingRangeProvider(SELECTOR, {
      provideFoldingRanges(document) {
        if (!isConfig(document) || !all()) return undefined;
        return folds(document.getText()).map(
          ({ start, end, kind }) =>
            new vscode.FoldingRange(
              start,
              end,
              kind === 'comment' ? vscode.FoldingRangeKind.Comment : undefined,
            ),
        );
      },
    }),
    languages.registerDefinitionProvider(SELECTOR, {
      async provideDefinition(document, position) {
        if (!isConfig(document)) return undefined;
        const line = await client.about(document, 'definition', { offset: document.offsetAt(position) });
        return line === undefined
          ? undefined
          : new vscode.Location(DEFAULTS_URI, new vscode.Position(line, 0));
      },
    }),
  );
}

const KINDS: Readonly<Record<CompletionItem['kind'], vscode.CompletionItemKind>> = {
  section: vscode.CompletionItemKind.Module,
  key: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.EnumMember,
  model: vscode.CompletionItemKind.Class,
  weights: vscode.CompletionItemKind.Constant,
  dataset: vscode.CompletionItemKind.Folder,
  path: vscode.CompletionItemKind.File,
  experiment: vscode.CompletionItemKind.Snippet,
};

function toCompletionItem(
  document: vscode.TextDocument,
  item: CompletionItem,
  index: number,
): vscode.CompletionItem {
  const made = new vscode.CompletionItem({ label: item.label, description: item.detail }, KINDS[item.kind]);
  made.insertText = item.snippet ? new vscode.SnippetString(item.insertText) : item.insertText;
  made.documentation = new vscode.MarkdownString(item.documentation);
  // The whole word also in its middle: `AdaCos` in the place of `Ada|Face`, never `AdaCosFace`.
  made.range = rangeOf(document, item.start, item.end);
  made.sortText = String(index).padStart(4, '0');
  made.filterText = item.label;
  if (item.preselect) made.preselect = true;
  if (item.kind === 'key' || item.insertText.endsWith('/'))
    made.command = { title: 'Suggest', command: 'editor.action.triggerSuggest' };
  return made;
}

function toSymbol(document: vscode.TextDocument, symbol: ConfigSymbol): vscode.DocumentSymbol {
  const place = (range: ConfigSymbol['range']) => rangeOf(document, range.start.offset, range.end.offset);
  const kind = symbol.kind === 'section' ? vscode.SymbolKind.Module : vscode.SymbolKind.Property;
  const made = new vscode.DocumentSymbol(
    symbol.name,
    symbol.detail,
    kind,
    place(symbol.range),
    place(symbol.keyRange),
  );
  made.children = symbol.children.map((child) => toSymbol(document, child));
  return made;
}
