import editorCode from './editor.worker.ts?bundled';
import yamlCode from './yaml.worker.ts?bundled';

/**
 * Monaco's workers from blobs: a webview may not start a worker from a file, and fetching one would need a connection
 * that the page's policy forbids.
 */
const workers = { editorWorkerService: source(editorCode), yaml: source(yamlCode) } as const;

type WorkerLabel = keyof typeof workers;

export function startWorker(label: string): Worker {
  if (!(label in workers)) throw new Error(`internal: there is no worker ${label}`);
  return new Worker(workers[label as WorkerLabel](), { name: label });
}

/** The address is made when it is first needed. */
function source(code: string): () => string {
  let address: string | undefined;
  return () => {
    address ??= URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    return address;
  };
}
