// Writes dist/mdfe.schema.json, the JSON Schema of a configuration, for other extensions that complete YAML.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** @param {string} root of the repository */
export async function buildSchema(root) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/language/editor-schema.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    // What is imported from a data URL can require nothing: packages in their form for browsers.
    platform: 'browser',
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  const { editorSchema } = await import(`data:text/javascript;base64,${code}`);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, 'dist', 'mdfe.schema.json'), `${JSON.stringify(editorSchema())}\n`);
}
