/** What of a keyboard event decides. */
export interface Key {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** Monaco's actions behind Ctrl+K, by the second key; the same as in VS Code's own editor. */
const ACTIONS: Readonly<Record<string, string>> = {
  'Ctrl+KeyI': 'editor.action.showHover',
  'Ctrl+KeyC': 'editor.action.addCommentLine',
  'Ctrl+KeyU': 'editor.action.removeCommentLine',
  'Ctrl+KeyX': 'editor.action.trimTrailingWhitespace',
  'Ctrl+KeyF': 'editor.action.formatSelection',
  'Ctrl+KeyD': 'editor.action.moveSelectionToNextFindMatch',
  'Ctrl+KeyL': 'editor.toggleFold',
  'Ctrl+Digit0': 'editor.foldAll',
  'Ctrl+KeyJ': 'editor.unfoldAll',
  'Ctrl+BracketLeft': 'editor.foldRecursively',
  'Ctrl+BracketRight': 'editor.unfoldRecursively',
  'Ctrl+Slash': 'editor.foldAllBlockComments',
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`Ctrl+Digit${n}`, `editor.foldLevel${n}`])),
};

const MODIFIERS: ReadonlySet<string> = new Set(['Control', 'Shift', 'Alt', 'Meta']);
/** After which Ctrl+K alone means nothing any more, ms: as in VS Code. */
const PATIENCE = 5000;

interface Ways<K> {
  run(action: string): void;
  /** To VS Code, in this order. */
  pass(keys: readonly K[]): void;
}

/**
 * Ctrl+K and the key after it: Monaco's where Monaco has an action for them, else VS Code's. Monaco by itself swallows
 * both, so that Ctrl+K Ctrl+S, say, would not open the keyboard shortcuts.
 */
export class Chords<K extends Key> {
  private first: { readonly key: K; readonly time: number } | undefined;
  private readonly ways: Ways<K>;

  constructor(ways: Ways<K>) {
    this.ways = ways;
  }

  /**
   * @param time ms
   * @returns whether nobody else may see the key now
   */
  press(key: K, time: number): boolean {
    const { first } = this;
    if (first && time - first.time < PATIENCE) {
      if (MODIFIERS.has(key.key)) return false;
      this.first = undefined;
      const action = ACTIONS[nameOf(key)];
      if (action !== undefined) this.ways.run(action);
      else if (key.key !== 'Escape') this.ways.pass([first.key, key]);
      return true;
    }
    this.first = nameOf(key) === 'Ctrl+KeyK' ? { key, time } : undefined;
    return this.first !== undefined;
  }
}

/** Cmd is Ctrl's counterpart on a Mac. */
function nameOf({ code, ctrlKey, metaKey, shiftKey, altKey }: Key): string {
  return `${ctrlKey || metaKey ? 'Ctrl+' : ''}${shiftKey ? 'Shift+' : ''}${altKey ? 'Alt+' : ''}${code}`;
}
