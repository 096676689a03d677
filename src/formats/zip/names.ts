/**
 * Says why an entry's name could not be unpacked safely or unambiguously, or undefined when it can: it must be a
 * relative path with forward slashes that stays inside the folder it is unpacked into.
 */
export function checkEntryName(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.includes('\0')) return 'holds a zero byte';
  if (name.includes('\\')) return 'holds a backslash';
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'is an absolute path';
  const parts = name.replace(/\/$/, '').split('/');
  if (parts.some((part) => part === '..')) return 'leaves its folder';
  if (parts.some((part) => part === '' || part === '.')) return 'has an empty part';
  return undefined;
}
