import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** Fast activation: what the language worker, the trainer and the views need must not load with the extension. */
test('the extension bundle holds no schema, parser, model table or network library', async () => {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    entryPoints: ['extension.ts'],
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    external: ['vscode'],
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.filter((file) => file.includes('node_modules'))).toEqual([]);
  const heavy = /^src\/(config|models|heads|data|train|features|engine|lower|kernels|cli)\//;
  expect(inputs.filter((file) => heavy.test(file))).toEqual([]);
});
