import type { IDisposable, languages } from 'monaco-editor/esm/vs/editor/editor.api.js';
import { configureMonacoYaml, type JSONSchema } from 'monaco-yaml';
import { monaco } from './monaco.ts';
import { startWorker } from './workers.ts';

/** What the schema alone says, for as long as the language engine does not answer. */
export interface SchemaAnswers {
  readonly completion: languages.CompletionItemProvider;
  readonly hover: languages.HoverProvider;
}

type MonacoForYaml = Parameters<typeof configureMonacoYaml>[0];

/**
 * Starts monaco-yaml on our schema. It takes outline, folding, formatting, links, anchors and growing selections.
 * Problems are left to our engine, and its completions and hovers are not registered but handed out: the schema does not
 * know which keys the chosen head reads, which tags a model has or what was probably meant.
 */
export function startYaml(schema: JSONSchema): SchemaAnswers {
  const answers: { completion?: languages.CompletionItemProvider; hover?: languages.HoverProvider } = {};
  const nothing: IDisposable = { dispose: () => {} };
  const forYaml = {
    ...monaco,
    editor: { ...monaco.editor, createWebWorker },
    languages: {
      ...monaco.languages,
      registerCompletionItemProvider(_: string, provider: languages.CompletionItemProvider) {
        answers.completion = provider;
        return nothing;
      },
      registerHoverProvider(_: string, provider: languages.HoverProvider) {
        answers.hover = provider;
        return nothing;
      },
    },
  };
  configureMonacoYaml(forYaml as unknown as MonacoForYaml, {
    enableSchemaRequest: false,
    disableDefaultProperties: true,
    hoverSchemaSource: false,
    validate: false,
    schemas: [{ uri: 'mdfe://schema/config', fileMatch: ['*'], schema }],
  });
  return answers as SchemaAnswers;
}

interface WorkerRequest {
  readonly label: string;
  readonly createData: unknown;
  readonly host?: Record<string, unknown>;
  readonly keepIdleModels?: boolean;
}

/** monaco-yaml asks by label, as Monaco took it before 0.53; today's takes a worker that has its first messages. */
function createWebWorker({ label, createData, host, keepIdleModels }: WorkerRequest) {
  const worker = startWorker(label);
  worker.postMessage('ignore');
  worker.postMessage(createData);
  return monaco.editor.createWebWorker({
    worker,
    ...(host && { host }),
    ...(keepIdleModels !== undefined && { keepIdleModels }),
  });
}
