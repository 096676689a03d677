import type { Manifest } from '../manifest.ts';
import { CHECK, FIND, SMOKE_TEST, settings, WRITE } from './notebook-cells.ts';

interface Cell {
  readonly id: string;
  readonly cell_type: 'markdown' | 'code';
  readonly metadata: Readonly<Record<string, never>>;
  readonly source: readonly string[];
  readonly execution_count?: null;
  readonly outputs?: readonly never[];
}

/** A notebook in the form that Jupyter and Kaggle read (nbformat 4.5). */
export interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: {
    readonly kernelspec: {
      readonly display_name: string;
      readonly language: string;
      readonly name: string;
    };
    readonly language_info: { readonly name: string };
  };
  readonly nbformat: 4;
  readonly nbformat_minor: 5;
}

/**
 * The notebook that submits a packaged model to the challenge. It needs Python's standard library and nothing else
 * where the model is attached as a Kaggle data set.
 * @param driveUrl share link of the package's zip, for the other way in; empty: none
 */
export function submissionNotebook(manifest: Manifest, driveUrl = ''): Notebook {
  const { name, size, embeddingDim } = manifest;
  return {
    cells: [
      markdown(
        'about',
        `# Submission of ${name}\n\nWrites \`submission.zip\` with the model as \`saved_model.pt\`: raw pixels of any size to ${embeddingDim} numbers, ${size.toLocaleString('en')} bytes.\n\n1. **With a data set** (no internet needed): add the data set that holds \`${name}.zip\` under *Add input* and run all cells.\n2. **With Google Drive**: switch the notebook's internet on, set \`DRIVE_URL\` to the share link of \`${name}.zip\` and run all cells.`,
      ),
      code('settings', settings(manifest, driveUrl)),
      markdown(
        'find-text',
        '## Find the model\n\nIn an attached data set, packed or unpacked, else from the Drive link.',
      ),
      code('find', FIND),
      markdown('check-text', '## Check that it is complete'),
      code('check', CHECK),
      markdown(
        'smoke-test-text',
        "## Try it as the challenge does\n\nOne image at a time, as bytes. With this image's own version of PyTorch: a problem here is a warning, not an error.",
      ),
      code('smoke-test', SMOKE_TEST),
      markdown(
        'write-text',
        '## Write the submission\n\nThe file goes in unchanged: saved again by a newer PyTorch, the challenge could not read it.',
      ),
      code('write', WRITE),
    ],
    metadata: {
      kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
      language_info: { name: 'python' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

export const notebookText = (notebook: Notebook): string => `${JSON.stringify(notebook, null, 1)}\n`;

/** Every line but the last keeps its end, as the format asks. */
const lines = (text: string): string[] => text.trim().split(/(?<=\n)/);

function markdown(id: string, text: string): Cell {
  return { id, cell_type: 'markdown', metadata: {}, source: lines(text) };
}

function code(id: string, text: string): Cell {
  return { id, cell_type: 'code', metadata: {}, execution_count: null, outputs: [], source: lines(text) };
}
