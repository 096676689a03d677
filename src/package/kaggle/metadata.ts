import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isSystemError } from '../../common/errors.ts';
import type { Manifest } from '../manifest.ts';

/** Kaggle's limits on names of data sets and notebooks, characters. */
const SLUG_LENGTH = 50;
const HASH_LENGTH = 8;
const COMPETITION = 'google-universal-image-embedding';
/** Stands where the user's name on Kaggle is not known. */
export const UNKNOWN_USER = 'INSERT-YOUR-KAGGLE-NAME';

/** Lower case, digits and single hyphens, at most 50; a name that is cut keeps a hash of the whole. */
export function slug(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (plain.length <= SLUG_LENGTH) return plain;
  return `${plain.slice(0, SLUG_LENGTH - HASH_LENGTH - 1).replace(/-$/, '')}-${hashOf(name)}`;
}

const hashOf = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH);

/** A name of which a slug keeps nothing, like one in another script, is told from others by its hash. */
const slugWith = (prefix: string, name: string) =>
  slug(`${prefix}-${/[a-z0-9]/i.test(name) ? name : hashOf(name)}`);

const datasetSlug = (name: string): string => slugWith('mdfe', name);
const kernelSlug = (name: string): string => slugWith('submission', name);

/** For `kaggle datasets create -p DIR`: the slug is that of the id, the title must be 6 to 50 characters. */
export function datasetMetadata({ name }: Manifest, user: string) {
  const id = datasetSlug(name);
  return { title: id, id: `${user}/${id}`, licenses: [{ name: 'other' }] };
}

/** For `kaggle kernels push -p DIR`: a title that does not give the id as its slug is refused. */
export function kernelMetadata({ name }: Manifest, user: string, notebook: string) {
  const id = kernelSlug(name);
  return {
    id: `${user}/${id}`,
    title: id,
    code_file: notebook,
    language: 'python',
    kernel_type: 'notebook',
    is_private: 'true',
    enable_gpu: 'false',
    enable_internet: 'false',
    dataset_sources: [`${user}/${datasetSlug(name)}`],
    competition_sources: [COMPETITION],
    kernel_sources: [],
    model_sources: [],
  };
}

/** The user's name from `KAGGLE_USERNAME`, or from the file in which the official command line keeps it. */
export async function kaggleUser(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  if (env.KAGGLE_USERNAME) return env.KAGGLE_USERNAME;
  for (const folder of configFolders(env)) {
    const user = await userIn(join(folder, 'kaggle.json'));
    if (user !== undefined) return user;
  }
  return undefined;
}

/** Older versions of the command line use a folder of the home alone. */
function configFolders(env: NodeJS.ProcessEnv): string[] {
  if (env.KAGGLE_CONFIG_DIR) return [env.KAGGLE_CONFIG_DIR];
  const home = env.HOME ?? homedir();
  return [join(home, '.kaggle'), join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'kaggle')];
}

async function userIn(file: string): Promise<string | undefined> {
  try {
    const { username } = JSON.parse(await readFile(file, 'utf8')) as { username?: unknown };
    return typeof username === 'string' && username !== '' ? username : undefined;
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || error instanceof SyntaxError) return undefined; // the caller says so
    throw error;
  }
}
