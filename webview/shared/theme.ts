/** Colours of the current VS Code theme, for canvases (which cannot use CSS variables). */
export interface Theme {
  readonly foreground: string;
  readonly muted: string;
  readonly grid: string;
  readonly background: string;
  readonly border: string;
  readonly font: string;
  readonly series: {
    readonly blue: string;
    readonly yellow: string;
    readonly green: string;
    readonly purple: string;
    readonly red: string;
    /** For one more curve: --vscode-charts-orange is transparent in VS Code's own themes. */
    readonly plain: string;
  };
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const get = (...names: string[]) => {
    for (const name of names) {
      const value = style.getPropertyValue(name).trim();
      if (value) return value;
    }
    return 'gray';
  };
  const foreground = get('--vscode-editor-foreground', '--vscode-foreground');
  return {
    foreground,
    muted: get('--vscode-descriptionForeground', '--vscode-foreground'),
    grid: isHighContrast() ? withAlpha(foreground, 0.35) : withAlpha(foreground, 0.12),
    background: get('--vscode-editorHoverWidget-background', '--vscode-editor-background'),
    border: get('--vscode-contrastBorder', '--vscode-editorHoverWidget-border', '--vscode-foreground'),
    font: get('--vscode-font-family'),
    series: {
      blue: get('--vscode-charts-blue'),
      yellow: get('--vscode-charts-yellow'),
      green: get('--vscode-charts-green'),
      purple: get('--vscode-charts-purple'),
      red: get('--vscode-charts-red'),
      plain: foreground,
    },
  };
}

/** Calls back after the user switched the colour theme. */
export function onThemeChange(changed: () => void): void {
  new MutationObserver(changed).observe(document.body, { attributes: true, attributeFilter: ['class'] });
}

function isHighContrast(): boolean {
  return document.body.classList.contains('vscode-high-contrast');
}

/** A theme colour (#rgb, #rrggbb, #rrggbbaa or rgb()) with another opacity. */
export function withAlpha(color: string, alpha: number): string {
  return `color-mix(in srgb, ${color} ${Math.round(alpha * 100)}%, transparent)`;
}
