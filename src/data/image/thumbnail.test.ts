import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { makeThumbnail } from './thumbnail.ts';

const dir = mkdtempSync(join(tmpdir(), 'mdfe-thumbnail-'));
afterAll(() => rmSync(dir, { recursive: true }));

async function file(name: string, width: number, height: number, channels: 3 | 4 = 3): Promise<string> {
  const path = join(dir, name);
  await sharp({
    create: { width, height, channels, background: { r: 200, g: 30, b: 30, alpha: 0.2 } },
  }).toFile(path);
  return path;
}

describe('makeThumbnail', () => {
  it('fits the longer side and keeps the shape', async () => {
    const { format, width, height } = await sharp(
      await makeThumbnail(await file('wide.jpg', 900, 300), 90),
    ).metadata();
    expect({ format, width, height }).toEqual({ format: 'jpeg', width: 90, height: 30 });
  });

  it('does not enlarge', async () => {
    const { width } = await sharp(await makeThumbnail(await file('tiny.png', 12, 7), 90)).metadata();
    expect(width).toBe(12);
  });

  it('drops alpha instead of blending it', async () => {
    const thumbnail = await makeThumbnail(await file('alpha.png', 40, 40, 4), 40);
    const { channels, dominant } = await sharp(thumbnail)
      .stats()
      .then((s) => ({ channels: s.channels.length, dominant: s.channels[0]!.mean }));
    expect(channels).toBe(3);
    expect(dominant).toBeGreaterThan(190);
  });

  it('says what is wrong with a file that is no image', async () => {
    const path = join(dir, 'text.jpg');
    writeFileSync(path, 'no image');
    await expect(makeThumbnail(path, 90)).rejects.toThrow(/unsupported image format/);
    await expect(makeThumbnail(join(dir, 'gone.jpg'), 90)).rejects.toThrow(/missing/);
  });
});
