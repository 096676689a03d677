import { language } from 'monaco-editor/esm/vs/basic-languages/yaml/yaml.js';
import * as monaco from 'monaco-editor/esm/vs/editor/edcore.main.js';
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
