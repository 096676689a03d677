import { mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { writeAtomically } from '../common/atomic-file.ts';
import { isSystemError } from '../common/errors.ts';
import { isFile } from '../common/file-kind.ts';
import { checkFileName, checkRevision, type HubAddress, repoFolderName } from './names.ts';

/**
 * The cache that Python's huggingface_hub uses too:
 * `models--ORG--NAME/blobs/ETAG` (contents), `snapshots/COMMIT/FILE` (links to them), `refs/REVISION` (a commit).
 */
export class HubCache {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  repoFolder(repo: string): string {
    return join(this.dir, repoFolderName(repo));
  }

  /** Content of a file by the hub's name for it. */
  blob(repo: string, etag: string): string {
    return join(this.repoFolder(repo), 'blobs', etag);
  }

  /** Beside Python's own lock, which cannot be taken from here. */
  lock(repo: string, etag: string): string {
    return join(this.dir, '.locks', repoFolderName(repo), `${etag}.mdfe.lock`);
  }

  pointer(repo: string, commit: string, file: string): string {
    return join(this.repoFolder(repo), 'snapshots', commit, ...checkFileName(file).split('/'));
  }

  /** A file that is there already, without asking the hub; undefined if it is not. */
  async find({ repo, revision, file }: HubAddress): Promise<CachedFile | undefined> {
    const commit = await this.commitOf(repo, checkRevision(revision));
    const path = this.pointer(repo, commit, file);
    return (await isFile(path)) ? { path, commit } : undefined;
  }

  /** The commit that a branch or tag stood for when it was last seen; a commit stands for itself. */
  private async commitOf(repo: string, revision: string): Promise<string> {
    try {
      return (await readFile(this.ref(repo, revision), 'utf8')).trim();
    } catch (error) {
      if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return revision;
      throw error;
    }
  }

  /** Notes which commit a branch or tag stands for, as Python does: without a line end. */
  async writeRef(repo: string, revision: string, commit: string): Promise<void> {
    if (revision === commit) return;
    const path = this.ref(repo, checkRevision(revision));
    await mkdir(dirname(path), { recursive: true });
    await writeAtomically(path, commit);
  }

  /**
   * Makes a blob appear under its name in a snapshot: by a relative link, so that the cache can be moved; where
   * links are not allowed (Windows), by the file itself, as Python does.
   */
  async link(repo: string, commit: string, file: string, etag: string): Promise<string> {
    const pointer = this.pointer(repo, commit, file);
    const blob = this.blob(repo, etag);
    await mkdir(dirname(pointer), { recursive: true });
    if (await isFile(pointer)) return pointer;
    await rm(pointer, { force: true });
    try {
      await symlink(relative(dirname(pointer), blob), pointer);
    } catch (error) {
      if (isSystemError(error, 'EEXIST')) return pointer;
      if (!['EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP'].some((code) => isSystemError(error, code))) throw error;
      await rename(blob, pointer);
    }
    return pointer;
  }

  private ref(repo: string, revision: string): string {
    return join(this.repoFolder(repo), 'refs', ...revision.split('/'));
  }
}

export interface CachedFile {
  readonly path: string;
  readonly commit: string;
}
