import { MdfeError } from '../common/errors.ts';
import { type DriveApi, type DriveFile, FILE_FIELDS, type Fields, toDriveFile } from './api.ts';
import { badDriveAnswer } from './errors.ts';

const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' };
const FOLDER = 'application/vnd.google-apps.folder';

const filePath = (id: string) => `/drive/v3/files/${encodeURIComponent(id)}`;

/** The newest file of that name, in that folder or anywhere; undefined: none that the sign-in can see. */
export async function findByName(
  drive: DriveApi,
  name: string,
  folderId = '',
): Promise<DriveFile | undefined> {
  const inFolder = folderId === '' ? '' : ` and '${quote(folderId)}' in parents`;
  const url = drive.url('/drive/v3/files', {
    q: `name = '${quote(name)}' and trashed = false${inFolder}`,
    orderBy: 'modifiedTime desc',
    pageSize: '1',
    fields: `files(${FILE_FIELDS})`,
    includeItemsFromAllDrives: 'true',
  });
  const first = ({ files }: Fields) => {
    if (!Array.isArray(files)) throw badDriveAnswer(name, 'it holds no list of files');
    return files.length === 0 ? undefined : toDriveFile(files[0] as Fields, name);
  };
  try {
    return await drive.json({ method: 'GET', url }, name, first);
  } catch (error) {
    // A folder that cannot be seen holds nothing that can be; uploading into it explains why.
    if (error instanceof MdfeError && error.code === 'drive/not-found') return undefined;
    throw error;
  }
}

export function getFile(drive: DriveApi, id: string): Promise<DriveFile> {
  const url = drive.url(filePath(id), { fields: FILE_FIELDS });
  return drive.json({ method: 'GET', url }, id, (fields) => toDriveFile(fields, id));
}

/** Makes a folder in the top folder: one that the permission drive.file can see. */
export function createFolder(drive: DriveApi, name: string): Promise<DriveFile> {
  const url = drive.url('/drive/v3/files', { fields: FILE_FIELDS });
  const body = JSON.stringify({ name, mimeType: FOLDER });
  return drive.json({ method: 'POST', url, headers: JSON_TYPE, body }, name, (fields) =>
    toDriveFile(fields, name),
  );
}

/** Deletes a file for good. One that is gone already is no failure. */
export async function removeFile(drive: DriveApi, { id, name }: DriveFile): Promise<void> {
  try {
    await drive.json({ method: 'DELETE', url: drive.url(filePath(id)) }, name, () => undefined);
  } catch (error) {
    if (!(error instanceof MdfeError) || error.code !== 'drive/not-found') throw error;
  }
}

/** Lets everyone who has the link read a file. A policy may forbid it. */
export function shareByLink(drive: DriveApi, { id, name }: DriveFile): Promise<void> {
  const url = drive.url(`${filePath(id)}/permissions`, { fields: 'id' });
  const body = JSON.stringify({ type: 'anyone', role: 'reader' });
  return drive.json({ method: 'POST', url, headers: JSON_TYPE, body }, name, () => undefined);
}

/** Address of a file's page, in the form that gdown understands. */
export function shareLink({ id, link }: DriveFile): string {
  return link ?? `https://drive.google.com/file/d/${id}/view`;
}

/** The id in a share link, or what was given. */
export function fileId(linkOrId: string): string {
  const match = /\/(?:d|folders)\/([\w-]+)|[?&]id=([\w-]+)/.exec(linkOrId);
  return match?.[1] ?? match?.[2] ?? linkOrId;
}

const quote = (text: string) => text.replace(/[\\']/g, '\\$&');
