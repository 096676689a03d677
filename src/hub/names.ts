import { usageError } from '../common/errors.ts';

/** One published file, or with an empty `file` a repository. */
export interface HubAddress {
  /** `org/name`. */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Path inside the repository. */
  readonly file: string;
}

/** Reads `org/name`, `org/name/`, `org/name/path/file.bin`, each optionally with `@revision` after the name. */
export function parseHubId(id: string): HubAddress {
  const match = /^(?:hf-hub:)?([\w.-]+\/[\w.-]+)(?:@([\w./-]+?))?(?:\/(.*))?$/.exec(id);
  const [, repo, revision = 'main', file = ''] = match ?? [];
  if (!repo || hasDots(repo)) throw badName('hub id', id, 'org/name or org/name/file');
  return { repo, revision: checkRevision(revision), file: file === '' ? '' : checkFileName(file) };
}

/** Names become paths in the cache: they must stay inside it. */
export function checkFileName(file: string): string {
  if (!/^[\w.+\- ]+(\/[\w.+\- ]+)*$/.test(file) || hasDots(file))
    throw badName('file name in a hub repository', file, 'a relative path without ..');
  return file;
}

export function checkRevision(revision: string): string {
  if (!/^[\w.-]+(\/[\w.-]+)*$/.test(revision) || hasDots(revision))
    throw badName('revision', revision, 'a branch, tag or commit');
  return revision;
}

/** `org/name` -> `models--org--name`, the folder's name in the cache. */
export function repoFolderName(repo: string): string {
  return ['models', ...repo.split('/')].join('--');
}

const hasDots = (path: string) => path.split('/').some((part) => part === '.' || part === '..');

function badName(kind: string, got: string, expected: string): Error {
  return usageError({ code: 'hub/bad-name', what: `this ${kind} cannot be used`, expected, got });
}
