import { language } from 'monaco-editor/esm/vs/basic-languages/yaml/yaml.js';
// Every contribution to the editor, and of the standalone parts only what VS Code does not do around it: its palette,
// help and theme commands stay out.
import 'monaco-editor/esm/vs/editor/editor.all.js';
import * as monaco from 'monaco-editor/esm/vs/editor/editor.api.js';
import 'monaco-editor/esm/vs/editor/standalone/browser/quickAccess/standaloneGotoLineQuickAccess.js';
import 'monaco-editor/esm/vs/editor/standalone/browser/quickAccess/standaloneGotoSymbolQuickAccess.js';
import { startWorker } from './workers.ts';

/** Monaco, with the colours of YAML; what else it knows of YAML is added by yaml-service.ts. */
export { monaco };

/** The only language of the page. */
export const YAML = 'yaml';

Object.assign(globalThis, {
  MonacoEnvironment: { getWorker: (_: string, label: string) => startWorker(label) },
});

monaco.languages.register({ id: YAML });
monaco.languages.setMonarchTokensProvider(YAML, language);
