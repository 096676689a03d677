// The licences of the packages that a VSIX contains, as their terms ask: each with its name, version and text.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|copyright|notices?|third-?party-?notices?)/i;

/**
 * @param {Iterable<string>} folders of the packages
 * @returns {string} plain text, by name
 */
export function thirdPartyNotices(folders) {
  const packages = [...folders].map(readPackage).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [INTRODUCTION, ...packages.map(notice)].join(`\n\n${'='.repeat(80)}\n\n`);
}

const INTRODUCTION = 'MDFE contains the packages below. Each is under the licence that stands with it.\n';

function readPackage(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name))
    .map((entry) => readFileSync(join(folder, entry.name), 'utf8').trim());
  if (texts.length === 0 && !manifest.license) throw new Error(`${folder} names no licence`);
  return { ...manifest, texts };
}

function notice({ name, version, license, author, repository, homepage, texts }) {
  const source = typeof repository === 'string' ? repository : (repository?.url ?? homepage);
  const facts = [
    `${name} ${version}`,
    license && `Licence: ${license}`,
    author && `Author: ${typeof author === 'string' ? author : author.name}`,
    source && `Source: ${source}`,
    texts.length === 0 && `Text: https://spdx.org/licenses/${license}.html`,
  ];
  return [facts.filter(Boolean).join('\n'), ...texts].join('\n\n');
}
