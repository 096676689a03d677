import { expect, test } from 'vitest';
import { colourCode, colourId } from './theme-colours.ts';

test.each([
  ['--vscode-editor-background', 'editor.background'],
  ['--vscode-contrastBorder', 'contrastBorder'],
  ['--vscode-editorSuggestWidget-selectedBackground', 'editorSuggestWidget.selectedBackground'],
  ['--other', undefined],
])('%s', (variable, id) => {
  expect(colourId(variable)).toBe(id);
});

test.each([
  ['#1e1e1e', '#1e1e1e'],
  [' #FFF ', '#FFF'],
  ['#11223344', '#11223344'],
  ['rgb(1, 2, 255)', '#0102ff'],
  ['rgba(0, 122, 204, 0.5)', '#007acc80'],
  ['rgb(0 0 0 / 10%)', '#0000001a'],
  ['"Fira Code", monospace', undefined],
  ['14px', undefined],
  ['', undefined],
])('colour %s', (value, code) => {
  expect(colourCode(value)).toBe(code);
});
