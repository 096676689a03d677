import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { packageFile } from '../src/common/dist.ts';

const ROOT = packageFile('.');
const FOLDERS = ['docs', 'media', 'test/bench', 'test/golden', 'test/golden-extra'];

/** What GitHub and VS Code make of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

function anchors(page: string): Set<string> {
  const text = readFileSync(page, 'utf8');
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1]!));
  const ids = [...text.matchAll(/\bid="([^"]+)"/g)].map((match) => match[1]!);
  return new Set([...headings, ...ids]);
}

/** Links of a page to files and headings that are not there. */
function deadLinks(page: string): string[] {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path, anchor] = link.split('#');
    const target = path ? join(dirname(page), path) : page;
    if (!existsSync(target)) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchors(target).has(anchor);
  });
}

const pages = [
  ...readdirSync(ROOT),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ),
].filter((name) => name.endsWith('.md'));

test('the documentation is found', () => {
  expect(pages).toContain('README.md');
  expect(pages).toContain(join('docs', 'architecture.md'));
});

test.each(pages)('%s links to what is there', (page) => {
  expect(deadLinks(join(ROOT, page)).map((link) => `${relative(ROOT, page)}: ${link}`)).toEqual([]);
});
