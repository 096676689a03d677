import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeRgb } from './decode.ts';

const folder = fileURLToPath(new URL('../../../test/fixtures/images', import.meta.url));

/** What Pillow 12.3 makes of each file (test/fixtures/images/make.py). */
type Expected = { width: number; height: number; rgb: string } | { error: string };
const files: Record<string, Expected> = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8'));

describe('decodeRgb equals Pillow', () => {
  it.each(Object.entries(files))('%s', async (name, expected) => {
    if ('error' in expected) {
      await expect(decodeRgb(`${folder}/${name}`)).rejects.toMatchObject({ code: 'image/damaged' });
      await expect(decodeRgb(`${folder}/${name}`)).rejects.toThrow(name);
      return;
    }
    const { data, width, height } = await decodeRgb(`${folder}/${name}`);
    expect([width, height]).toEqual([expected.width, expected.height]);
    expect(Buffer.from(data).equals(Buffer.from(expected.rgb, 'base64'))).toBe(true);
  });

  it('names a missing file', async () => {
    await expect(decodeRgb(`${folder}/absent.jpg`)).rejects.toMatchObject({ code: 'image/missing' });
    await expect(decodeRgb(`${folder}/expected.json/x.jpg`)).rejects.toMatchObject({ code: 'image/missing' });
  });
});
