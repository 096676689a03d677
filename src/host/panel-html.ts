import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

interface PageOptions {
  /** The only source that pictures may have. */
  readonly images?: 'data:';
  /** What Monaco needs beyond that: workers from blobs, inline styles, its font of icons and drawings as data. */
  readonly monaco?: boolean;
  /** Shown until the script has something better. */
  readonly loading?: string;
  /** There is a small script NAME.first.js, which runs before the large one has come. */
  readonly first?: boolean;
}

/**
 * The page of a webview: our script and our style sheet, and nothing else may load or run.
 *
 * @param name of a bundle in dist/webview
 */
export function panelHtml(
  webview: vscode.Webview,
  extension: vscode.Uri,
  name: string,
  title: string,
  { images, monaco = false, loading = '', first = false }: PageOptions = {},
): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (extensionName: string) =>
    webview
      .asWebviewUri(vscode.Uri.joinPath(extension, 'dist', 'webview', `${name}.${extensionName}`))
      .toString();
  const { cspSource } = webview;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    // A nonce would switch inline styles off again.
    `style-src ${cspSource} ${monaco ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    ...(images || monaco ? ['img-src data:'] : []),
    ...(monaco ? [`font-src ${cspSource}`, 'worker-src blob:'] : []),
  ];
  const scripts = [...(first ? ['first.js'] : []), 'js'].map(
    (extensionName) => `<script nonce="${nonce}" src="${file(extensionName)}"></script>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${file('css')}">
</head>
<body>${loading && `<p id="loading" role="status">${loading}</p>`}${scripts.join('')}</body>
</html>`;
}
