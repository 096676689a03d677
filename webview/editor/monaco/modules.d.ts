declare module 'monaco-editor/esm/vs/basic-languages/yaml/yaml.js' {
  import type { languages } from 'monaco-editor/esm/vs/editor/editor.api.js';
  export const language: languages.IMonarchLanguage;
}

declare module 'monaco-editor/esm/vs/editor/editor.all.js';
declare module 'monaco-editor/esm/vs/editor/editor.worker.js';
declare module 'monaco-editor/esm/vs/editor/standalone/browser/quickAccess/*';

/** A worker's whole code as text: scripts/build.mjs bundles it. */
declare module '*.worker.ts?bundled' {
  const code: string;
  export default code;
}

/** Whether Tab leaves the text (Ctrl+M); the public interface tells of it nowhere. */
declare module 'monaco-editor/esm/vs/editor/browser/config/tabFocus.js' {
  export const TabFocus: { onDidChangeTabFocus(told: (leaves: boolean) => void): void };
}
