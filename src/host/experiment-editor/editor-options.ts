import type { EditorOptions } from '../../language/experiment-editor-messages.ts';

/**
 * Settings of VS Code's own editor that Monaco knows by the same names and values. Left out: those of which the page
 * has one way only (font from the theme's variables, word completion, semantic colours, drop and paste).
 */
const NAMES = [
  'acceptSuggestionOnCommitCharacter',
  'acceptSuggestionOnEnter',
  'autoClosingBrackets',
  'autoClosingQuotes',
  'autoIndent',
  'autoSurround',
  'bracketPairColorization',
  'cursorBlinking',
  'cursorSmoothCaretAnimation',
  'cursorStyle',
  'cursorSurroundingLines',
  'cursorWidth',
  'emptySelectionClipboard',
  'folding',
  'fontLigatures',
  'glyphMargin',
  'guides',
  'hover',
  'inlayHints',
  'letterSpacing',
  'lineHeight',
  'lineNumbers',
  'links',
  'matchBrackets',
  'mouseWheelScrollSensitivity',
  'mouseWheelZoom',
  'multiCursorModifier',
  'occurrencesHighlight',
  'padding',
  'quickSuggestions',
  'quickSuggestionsDelay',
  'renderControlCharacters',
  'renderLineHighlight',
  'renderWhitespace',
  'roundedSelection',
  'rulers',
  'scrollBeyondLastLine',
  'selectionHighlight',
  'showFoldingControls',
  'smoothScrolling',
  'snippetSuggestions',
  'stickyScroll',
  'suggest',
  'suggestFontSize',
  'suggestLineHeight',
  'suggestOnTriggerCharacters',
  'suggestSelection',
  'tabCompletion',
  'unicodeHighlight',
  'wordSeparators',
  'wordWrap',
  'wordWrapColumn',
  'wrappingIndent',
] as const;

/** What is read of VS Code's configuration `editor` for the document. */
export interface EditorConfiguration {
  get(name: string): unknown;
  /** Whether the user or the workspace has set it. */
  isSet(name: string): boolean;
}

/** How VS Code's own editor would show the document. Half a window has no room for a minimap that nobody asked for. */
export function readEditorOptions(configuration: EditorConfiguration): EditorOptions {
  const read = NAMES.map((name) => [name, plain(configuration.get(name))] as const);
  const { get } = configuration;
  const minimap = configuration.isSet('minimap.enabled') ? plain(get('minimap')) : { enabled: false };
  return {
    view: { ...Object.fromEntries(read.filter(([, value]) => value !== undefined)), minimap },
    indentation: {
      insertSpaces: get('insertSpaces') !== false,
      tabSize: Number(get('tabSize')) || 2,
      detect: get('detectIndentation') !== false,
    },
  };
}

/** Groups come as objects of VS Code's that cannot be sent. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
