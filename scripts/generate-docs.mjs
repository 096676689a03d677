// Writes the pages that are generated: docs/configuration.md from the schema, docs/diagnostics.md from the codes,
// docs/command-line.md from the commands.
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = new URL('../', import.meta.url);
const bundle = fileURLToPath(new URL('dist/docs.mjs', root)); // where packages with native parts are found
await build({
  absWorkingDir: fileURLToPath(root),
  stdin: {
    contents: `
      export { referencePage } from './src/config/reference-page.ts';
      export { diagnosticsPage } from './src/language/diagnostics-page.ts';
      export { knownDatasets } from './src/data/datasets/known-datasets.ts';
      export { commandLinePage } from './src/cli/reference-page.ts';
      export { COMMANDS } from './src/cli/command-table.ts';`,
    resolveDir: fileURLToPath(root),
    loader: 'ts',
  },
  bundle: true,
  outfile: bundle,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  logLevel: 'warning',
});
const { referencePage, diagnosticsPage, knownDatasets, commandLinePage, COMMANDS } = await import(
  pathToFileURL(bundle).href
);
const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
writeFileSync(new URL('docs/configuration.md', root), referencePage());
writeFileSync(new URL('docs/diagnostics.md', root), diagnosticsPage(knownDatasets));
writeFileSync(new URL('docs/command-line.md', root), commandLinePage(commands));
rmSync(bundle);
