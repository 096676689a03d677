// Writes docs/configuration.md from the schema.
import { writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const root = new URL('../', import.meta.url);
const { outputFiles } = await build({
  absWorkingDir: new URL('.', root).pathname,
  entryPoints: ['src/config/reference-page.ts'],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
});
const module = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
);
writeFileSync(new URL('docs/configuration.md', root), module.referencePage());
