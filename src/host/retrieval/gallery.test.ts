import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Gallery, inPieces } from './gallery.ts';

const dir = mkdtempSync(join(tmpdir(), 'mdfe-gallery-'));
afterAll(() => rmSync(dir, { recursive: true }));

const line = (query: string, ...found: string[]) => ({
  query,
  label: 'apple',
  domain: 'food',
  relevant: 2,
  score: 0.5,
  neighbours: found.map((image, i) => ({
    image,
    label: i === 0 ? 'apple' : 'pear',
    distance: i,
    right: i === 0,
  })),
});

describe('Gallery', () => {
  it('reads a file and numbers each image once', async () => {
    const file = join(dir, 'g.jsonl');
    const lines = [line('q/ä b.jpg', 'a', 'b'), line('r', 'b', 'q/ä b.jpg')];
    writeFileSync(file, lines.map((l) => `${JSON.stringify(l)}\n`).join(''));
    const { rows, images, classes } = await Gallery.read(file);
    expect(classes.texts).toEqual(['apple', 'pear']);
    expect(images.texts).toEqual(['q/ä b.jpg', 'a', 'b', 'r']);
    expect(rows[1]).toEqual({
      query: 3,
      label: 0,
      domain: 'food',
      relevant: 2,
      score: 0.5,
      found: [
        { image: 2, label: 0, distance: 0, right: true },
        { image: 0, label: 1, distance: 1, right: false },
      ],
    });
  });

  it('refuses to go on without the file', async () => {
    await expect(Gallery.read(join(dir, 'gone.jsonl'))).rejects.toThrow(/ENOENT/);
  });

  it('keeps a search beside the rows', () => {
    const gallery = new Gallery();
    gallery.add(line('q', 'a'));
    const row = gallery.search('/elsewhere/own.jpg', [{ image: 'a', label: 'plum', distance: 3 }]);
    expect(row).toMatchObject({ query: 2, relevant: null, found: [{ image: 1, label: 1, right: null }] });
    expect(gallery.rows).toHaveLength(1);
  });
});

describe('inPieces', () => {
  it('sends every row once and every path before it is needed', () => {
    const gallery = new Gallery();
    for (let i = 0; i < 23; i++) gallery.add(line(`q${i}`, `x${i % 4}`, `x${i % 7}`, `q${(i * 5) % 23}`));
    const rows = [];
    const paths: string[] = [];
    const names: string[] = [];
    for (const piece of inPieces(gallery, 5)) {
      expect(piece.from).toBe(rows.length);
      paths.push(...piece.images);
      names.push(...piece.classes);
      for (const row of piece.rows)
        for (const image of [row.query, ...row.found.map((f) => f.image)])
          expect(image).toBeLessThan(paths.length);
      for (const row of piece.rows)
        for (const label of [row.label, ...row.found.map((f) => f.label)])
          expect(label).toBeLessThan(names.length);
      rows.push(...piece.rows);
    }
    expect(rows).toEqual(gallery.rows);
    expect(paths).toEqual(gallery.images.texts);
    expect(names).toEqual(gallery.classes.texts);
  });

  it('of nothing is nothing', () => {
    expect([...inPieces(new Gallery(), 5)]).toEqual([]);
  });
});
