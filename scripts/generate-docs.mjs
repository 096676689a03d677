// Writes the pages that are generated: docs/configuration.md from the schema, docs/diagnostics.md from the codes.
import { writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const root = new URL('../', import.meta.url);
const { outputFiles } = await build({
  absWorkingDir: new URL('.', root).pathname,
  stdin: {
    contents: `
      export { referencePage } from './src/config/reference-page.ts';
      export { diagnosticsPage } from './src/language/diagnostics-page.ts';
      export { knownDatasets } from './src/data/datasets/known-datasets.ts';`,
    resolveDir: new URL('.', root).pathname,
    loader: 'ts',
  },
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('file:///');" },
});
const module = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
);
writeFileSync(new URL('docs/configuration.md', root), module.referencePage());
writeFileSync(new URL('docs/diagnostics.md', root), module.diagnosticsPage(module.knownDatasets));
