import { afterEach, expect, it, vi } from 'vitest';
import { parseArguments } from '../args.ts';
import { models } from './models.ts';

const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
afterEach(() => print.mockClear());

async function printed(...args: string[]): Promise<string> {
  await models.run(parseArguments(models, args));
  return print.mock.calls.join('\n');
}

it('lists the licences, and says where none is known', async () => {
  const list = await printed('--type', 'clip');
  expect(list).toMatch(/ViT-B-32-256 .* mit +datacomp_s34b_b86k/);
  expect(list).toMatch(/ViT-L-14-CLIPA-336 .* unknown +datacomp1b/);
  expect(await printed('--type', 'sam')).toMatch(/samvit_base_patch16_224 .* none on the hub/);
});

it('shows all that is known of one model', async () => {
  const text = await printed('ViT-B-32');
  expect(text).toMatch(/width +768, 512 with proj_layer/);
  expect(text).toMatch(/laion2b_s34b_b79k +224 +unknown +laion\/CLIP-ViT-B-32-laion2B-s34B-b79K/);
  expect(text).toMatch(/datacomp_xl_s13b_b90k +224 +mit +laion\//);
  await expect(printed('ViT-B-33')).rejects.toThrow(/^MODEL: there is no such model[\s\S]*ViT-B-32/);
});

it('prints our own models as JSON too', async () => {
  const all = JSON.parse(await printed('--json')) as { name: string }[];
  expect(all.map((m) => m.name)).toContain('local-dir:media/vit-drawn-64');
  expect(all.length).toBeGreaterThanOrEqual(97);
});
