import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';

let outputs: Metafile['outputs'];
beforeAll(async () => {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    entryPoints: ['src/cli/main.ts'],
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    outdir: 'dist',
    external: ['sharp', 'onnxruntime-node', 'webgpu', '@napi-rs/canvas', '@tensorflow/*'],
  });
  outputs = metafile.outputs;
}, 60_000);

/** What a file needs before its first line runs: packages and, with them, its chunks. */
function neededAtOnce(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { path, kind } of outputs[file]?.imports ?? [])
    if (kind === 'import-statement') neededAtOnce(path, seen);
  return seen;
}

test('no command loads a package with native code before it runs: the help loads them all', () => {
  const commands = Object.keys(outputs).filter((file) =>
    outputs[file]!.entryPoint?.startsWith('src/cli/commands/'),
  );
  expect(commands.length).toBeGreaterThan(15);
  const needed = commands.flatMap((file) => [...neededAtOnce(file)]);
  expect(needed.filter((name) => /^(sharp|onnxruntime|webgpu|@napi-rs|@tensorflow)/.test(name))).toEqual([]);
});

test('the messages of the schema library are there in English alone', () => {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  expect(inputs.filter((file) => /zod\/v4\/locales\/(?!en\.)/.test(file))).toEqual([]);
});
