import type * as vscode from 'vscode';
import { isSignedIn, onDidChangeSignIn } from './secret.ts';

/** Whether the editor has a sign-in to Google Drive, for those who cannot wait for an answer. */
export class SignInState implements vscode.Disposable {
  private known = false;
  private readonly secrets: vscode.SecretStorage;
  private readonly changed: () => void;
  private readonly failed: (error: unknown) => void;
  private readonly subscription: vscode.Disposable;

  /** @param changed called when it becomes known, and whenever it changes */
  constructor(secrets: vscode.SecretStorage, changed: () => void, failed: (error: unknown) => void) {
    this.secrets = secrets;
    this.changed = changed;
    this.failed = failed;
    this.subscription = onDidChangeSignIn(secrets, () => this.look());
    this.look();
  }

  get signedIn(): boolean {
    return this.known;
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private look(): void {
    isSignedIn(this.secrets).then((now) => {
      if (now === this.known) return;
      this.known = now;
      this.changed();
    }, this.failed);
  }
}
