// What the scenarios share in which a configuration is written: a data set to count, and lines as Monaco shows them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** 40 images of 10 classes by their annotation file; there are no pictures. @param {string} data folder */
export function makeDataset(data) {
  mkdirSync(join(data, 'products-10k', 'train'), { recursive: true });
  const rows = Array.from({ length: 40 }, (_, i) => `${i}.jpg,${i % 10},0`);
  writeFileSync(join(data, 'products-10k', 'train.csv'), `name,class,group\n${rows.join('\n')}\n`);
}

/** Finds a text in a line: Monaco, and so VS Code, shows blanks as no-break spaces. @param {string} text */
export const spaced = (text) =>
  new RegExp(text.replace(/[.*+?^$()[\]\\]/g, '\\$&').replaceAll(' ', '[\\s\\u00a0]'));
