import { readFile } from 'node:fs/promises';
import { writeAtomically } from '../../common/atomic-file.ts';
import { isSystemError } from '../../common/errors.ts';
import { type Notebook, notebookText } from '../kaggle/notebook.ts';

/** Puts a share link into a notebook's DRIVE_URL and leaves everything else as it is. False: there is no notebook. */
export async function fillNotebook(path: string, url: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw error;
  }
  const notebook = JSON.parse(text) as Notebook;
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: cell.source.map((line) =>
      line.replace(/^DRIVE_URL = ".*"/, () => `DRIVE_URL = ${JSON.stringify(url)}`),
    ),
  }));
  await writeAtomically(path, notebookText({ ...notebook, cells }));
  return true;
}
