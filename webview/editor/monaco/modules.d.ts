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
