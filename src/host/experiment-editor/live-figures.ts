import type * as vscode from 'vscode';
import type { HostToEditor } from '../../language/experiment-editor-messages.ts';
import type { LanguageClient } from '../language/client.ts';

/** Rest after a change before the text is checked and the preview made, ms. */
const PAUSE = 100;

export interface FigureParts {
  readonly document: vscode.TextDocument;
  readonly client: LanguageClient;
  /** While its tab is hidden the page is gone; it asks for everything when it is back. */
  readonly isShown: () => boolean;
  readonly post: (message: HostToEditor) => void;
  readonly failed: (error: unknown) => void;
}

/** Keeps the page's problems and preview up to date with the document. */
export class LiveFigures implements vscode.Disposable {
  private readonly parts: FigureParts;
  private timer: NodeJS.Timeout | undefined;

  constructor(parts: FigureParts) {
    this.parts = parts;
  }

  schedule(pause = PAUSE): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send().catch(this.parts.failed), pause);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  /** What is out of date when it comes is not shown: a newer one is on its way. */
  private async send(): Promise<void> {
    const { document, client, isShown, post } = this.parts;
    if (!isShown()) return;
    const revision = document.version;
    const isCurrent = () => document.version === revision && !document.isClosed;
    const asked = {
      problems: client.about(document, 'diagnostics', { coverage: 'all' }),
      preview: client.about(document, 'preview', {}),
    };
    await Promise.all([
      asked.problems.then((problems) => isCurrent() && post({ type: 'diagnostics', revision, problems })),
      asked.preview.then((preview) => isCurrent() && post({ type: 'preview', revision, preview })),
    ]);
  }
}
