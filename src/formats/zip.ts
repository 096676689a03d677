/** Zip archives: random access to what others wrote, and streamed writing of stored entries. */
export { checkEntryName } from './zip/names.ts';
export { openZip, type ZipEntry, ZipReader } from './zip/read.ts';
export { writeZip, type ZipBytes, type ZipInput, ZipWriter } from './zip/write.ts';
