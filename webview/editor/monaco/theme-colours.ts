const PREFIX = '--vscode-';

/** `--vscode-editor-background` is the colour `editor.background`; undefined for other variables. */
export function colourId(variable: string): string | undefined {
  return variable.startsWith(PREFIX) ? variable.slice(PREFIX.length).replace('-', '.') : undefined;
}

/** A colour of CSS as Monaco takes it, `#rrggbb` or `#rrggbbaa`; undefined for what is no colour. */
export function colourCode(value: string): string | undefined {
  const text = value.trim();
  if (/^#([\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i.test(text)) return text;
  const found = /^rgba?\(\s*(\d+)[ ,]+(\d+)[ ,]+(\d+)(?:[ ,/]+([\d.]+)(%?))?\s*\)$/.exec(text);
  if (!found) return undefined;
  const [, red, green, blue, alpha, percent] = found;
  const opacity = alpha === undefined ? 1 : Number(alpha) / (percent ? 100 : 1);
  const parts = [Number(red), Number(green), Number(blue), ...(opacity < 1 ? [opacity * 255] : [])];
  return `#${parts.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}
