import { monaco } from './monaco.ts';
import { colourCode, colourId } from './theme-colours.ts';

const NAME = 'vscode';

type Base = 'vs' | 'vs-dark' | 'hc-black' | 'hc-light';

/** Keys as VS Code's own themes colour them: token colours are not among what a page is told. */
const KEY_COLOUR: Readonly<Record<Base, string>> = {
  vs: '800000',
  'vs-dark': '569cd6',
  'hc-black': '569cd6',
  'hc-light': '0f4a85',
};

/** Takes over the colours that VS Code gives to the page. */
export function applyTheme(): void {
  const base = baseTheme();
  const { style } = document.documentElement;
  const colors: Record<string, string> = {};
  for (const variable of style) {
    const id = colourId(variable);
    const colour = id === undefined ? undefined : colourCode(style.getPropertyValue(variable));
    if (id !== undefined && colour !== undefined) colors[id] = colour;
  }
  const rules = [{ token: 'type.yaml', foreground: KEY_COLOUR[base] }];
  monaco.editor.defineTheme(NAME, { base, inherit: true, rules, colors });
  monaco.editor.setTheme(NAME);
}

function baseTheme(): Base {
  const { classList } = document.body;
  if (classList.contains('vscode-high-contrast-light')) return 'hc-light';
  if (classList.contains('vscode-high-contrast')) return 'hc-black';
  return classList.contains('vscode-light') ? 'vs' : 'vs-dark';
}
