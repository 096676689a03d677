import './style.css';
import { TabFocus } from 'monaco-editor/esm/vs/editor/browser/config/tabFocus.js';
import type { editor } from 'monaco-editor/esm/vs/editor/editor.api.js';
import type {
  EditorMethod,
  EditorQuestions,
  EditorToHost,
  HostToEditor,
} from '../../src/language/experiment-editor-messages.ts';
import type { QuickFix } from '../../src/language/quick-fixes.ts';
import { byId, setText } from '../shared/dom.ts';
import { registerControls } from '../shared/toolkit.ts';
import { CODE_SCHEME, type Engine, FIX_COMMAND, registerEngine, showProblems } from './monaco/engine.ts';
import { chordsOfBoth, undoInVsCode } from './monaco/keys.ts';
import { monaco } from './monaco/monaco.ts';
import { applyTheme } from './monaco/theme.ts';
import { startYaml } from './monaco/yaml-service.ts';
import { Pacing } from './pacing.ts';
import { page } from './page.ts';
import { PreviewView } from './preview/index.ts';
import { inTime, Questions } from './questions.ts';
import { Splitter } from './splitter.ts';
import { Sync } from './sync.ts';
import { TextView } from './text-view.ts';

/** Longer texts are shown and checked, but get no second language service in the page, characters. */
const LARGE = 1_000_000;

/** Longest wait for the language engine, ms. */
const PATIENCE = 2000;

/** Rest before cursor and scroll position are kept, ms. */
const KEEP_PAUSE = 200;

const TAB_LEAVES = `Tab leaves the text; ${navigator.platform.startsWith('Mac') ? 'Ctrl+Shift+M' : 'Ctrl+M'} keeps it there again.`;

const early = globalThis.early!; // its script runs first
const { api } = early;
const questions = new Questions((message) => api.postMessage(message));
let experiment: Experiment | undefined;

function receive(message: HostToEditor): void {
  if (message.type !== 'start') experiment?.receive(message);
  else if (!experiment) {
    experiment = new Experiment(message);
    performance.mark('editor shown');
  }
}

class Experiment {
  private readonly text: TextView;
  private readonly sync: Sync;
  private readonly pacing: Pacing;
  private readonly preview: PreviewView;
  private readonly hints = new monaco.Emitter<void>();
  /** Grows when someone else changes the text. */
  private others = 0;

  constructor(start: Extract<HostToEditor, { type: 'start' }>) {
    document.body.innerHTML = page; // a constant of ours
    document.title = start.name;
    registerControls();
    applyTheme();
    this.sync = new Sync(start.revision, {
      send: (message) => api.postMessage(message),
      apply: (edits) => {
        this.others++;
        this.text.apply(edits);
      },
    });
    this.pacing = new Pacing(() => this.sync.flush());
    this.text = new TextView(byId('text'), start.name, start, (edits) => {
      this.sync.type(edits);
      this.pacing.typed(edits);
    });
    this.preview = new PreviewView(
      byId('preview'),
      (changes) => void this.sync.settled().then(() => api.postMessage({ type: 'setKeys', changes })),
      (offset) => this.text.reveal(offset),
    );
    new Splitter(byId('splitter'), start.split, (split) => api.postMessage({ type: 'split', split }));
    registerEngine(this.engine(), start.text.length > LARGE ? undefined : startYaml(start.schema));
    this.connectKeys();
    this.keepPlace();
    this.followTheme();
    TabFocus.onDidChangeTabFocus((leaves) => showLine(byId('tab-mode'), leaves ? TAB_LEAVES : ''));
  }

  receive(message: Exclude<HostToEditor, { type: 'start' }>): void {
    switch (message.type) {
      case 'changed':
      case 'accepted':
      case 'refused':
        this.sync.receive(message);
        break;
      case 'restart':
        this.restart(message);
        break;
      case 'options':
        this.text.applyOptions(message.options);
        break;
      case 'diagnostics':
        if (this.isCurrent(message.revision)) showProblems(this.text.model, message.problems);
        break;
      case 'preview':
        this.preview.show(message.preview);
        this.hints.fire();
        break;
      case 'answer':
        this.showStatus('');
        questions.answer(message.id, message.result);
        break;
      case 'failed':
        questions.fail(message.id, message.reason);
        break;
      case 'flush':
        void this.sync.settled().then(() => api.postMessage({ type: 'flushed', id: message.id }));
    }
  }

  /** True when places of that revision are places of the text here; else news will come. */
  private isCurrent(revision: number): boolean {
    return this.sync.isSettled && this.sync.revision === revision;
  }

  /** Other line ends. What the host does not have yet is typed once more. */
  private restart({ text, eol, revision }: Extract<HostToEditor, { type: 'restart' }>): void {
    this.text.setEol(eol);
    const here = this.text.model.getValue();
    this.sync.restart(revision);
    if (here === text) return;
    this.sync.type([{ start: 0, end: text.length, newText: here }]);
    this.sync.flush();
  }

  private engine(): Engine {
    return {
      ask: (method, params) => inTime(this.ask(method, params), PATIENCE),
      silent: (reason) =>
        this.showStatus(`The language engine does not answer (${reason}): the schema alone completes.`),
      hintsChanged: this.hints.event,
    };
  }

  private async ask<M extends EditorMethod>(method: M, params: EditorQuestions[M]['params']) {
    const { others } = this;
    await this.sync.settled();
    const answer = others === this.others ? await questions.ask(method, params) : undefined;
    return others === this.others ? answer : undefined;
  }

  private connectKeys(): void {
    const after = (message: EditorToHost) => void this.sync.settled().then(() => api.postMessage(message));
    undoInVsCode({ undo: () => after({ type: 'undo' }), redo: () => after({ type: 'redo' }) });
    monaco.editor.addCommand({
      id: FIX_COMMAND,
      run: (_accessor: unknown, { id, arguments: given }: NonNullable<QuickFix['command']>) => {
        const [address] = given;
        if (id === 'vscode.open' && address !== undefined) api.postMessage({ type: 'open', address });
        else if (id === 'mdfe.selectDataFolder') api.postMessage({ type: 'selectDataFolder' });
        else throw new Error(`internal: a quick fix runs ${id}`);
      },
    });
    monaco.editor.registerLinkOpener({
      open: (uri) => {
        if (uri.scheme === CODE_SCHEME) api.postMessage({ type: 'explain', code: uri.path });
        else api.postMessage({ type: 'open', address: uri.toString(true) });
        return true;
      },
    });
    // A key with a modifier may be VS Code's and need the whole text; so may a click elsewhere.
    const flush = () => this.pacing.now();
    window.addEventListener(
      'keydown',
      ({ ctrlKey, metaKey, altKey }) => (ctrlKey || metaKey || altKey) && flush(),
      true,
    );
    chordsOfBoth(this.text.editor);
    window.addEventListener('blur', flush);
    // Never taken from elsewhere: the page may come up while the user is in the palette.
    const focusText = () => document.activeElement === document.body && this.text.editor.focus();
    window.addEventListener('focus', focusText);
    if (document.hasFocus()) focusText();
  }

  private keepPlace(): void {
    const view = this.text.editor;
    const kept = api.getState();
    if (kept) view.restoreViewState(kept.view as editor.ICodeEditorViewState);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const keepNow = () => {
      clearTimeout(timer);
      api.setState({ view: view.saveViewState()! });
    };
    const keep = () => {
      clearTimeout(timer);
      timer = setTimeout(keepNow, KEEP_PAUSE);
    };
    window.addEventListener('blur', keepNow); // the page may be gone in a moment
    view.onDidChangeCursorSelection(keep);
    view.onDidScrollChange(keep);
  }

  private followTheme(): void {
    let scheduled = false;
    const changed = () => {
      if (scheduled) return;
      scheduled = true;
      requestAnimationFrame(() => {
        scheduled = false;
        applyTheme();
        this.text.applyFont();
        this.preview.themeChanged();
      });
    };
    const observer = new MutationObserver(changed);
    observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  }

  private showStatus(text: string): void {
    showLine(byId('status'), text);
  }
}

/** An empty line takes no room. */
function showLine(line: HTMLElement, text: string): void {
  setText(line, text);
  line.hidden = text === '';
}

for (const message of early.take()) receive(message);
window.addEventListener('message', ({ data }: MessageEvent<HostToEditor>) => receive(data));
