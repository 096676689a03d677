// A stand-in for Red Hat's YAML extension: its id and the part of its interface that ours uses. It completes one word
// of its own, and tells in a command what was contributed to it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';

const MANIFEST = {
  name: 'vscode-yaml',
  displayName: 'YAML (stand-in)',
  publisher: 'redhat',
  version: '0.0.1',
  license: 'MIT',
  engines: { vscode: '^1.100.0' },
  main: './extension.cjs',
  activationEvents: ['onLanguage:yaml'],
};

const SOURCE = `exports.activate = () => {
  const vscode = require('vscode');
  const contributors = new Map();
  vscode.languages.registerCompletionItemProvider('yaml', {
    provideCompletionItems: () => [new vscode.CompletionItem('from-the-other-extension')],
  });
  vscode.workspace.onDidOpenTextDocument(async (document) => {
    for (const [name, { requestSchema, requestContent }] of contributors) {
      const uri = requestSchema(document.uri.toString());
      if (uri) console.log(name, (await requestContent(uri)).length);
    }
  });
  return { registerContributor: (name, requestSchema, requestContent) => contributors.set(name, { requestSchema, requestContent }) };
};
`;

/** @param {string} folder that the package is made in */
export async function makeFakeRedhat(folder) {
  const source = join(folder, 'fake-redhat');
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, 'package.json'), JSON.stringify(MANIFEST));
  writeFileSync(join(source, 'extension.cjs'), SOURCE);
  writeFileSync(join(source, '.vscodeignore'), '');
  const packagePath = join(folder, 'fake-redhat.vsix');
  await createVSIX({ cwd: source, packagePath, allowMissingRepository: true, skipLicense: true });
  return packagePath;
}
