import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/**
 * The page of a webview: an empty body, our script and our style sheet, and nothing else may load or run.
 *
 * @param name of a bundle in dist/webview
 * @param options `images`: the only source that pictures may have
 */
export function panelHtml(
  webview: vscode.Webview,
  extension: vscode.Uri,
  name: string,
  title: string,
  { images }: { readonly images?: 'data:' } = {},
): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (extensionName: string) =>
    webview
      .asWebviewUri(vscode.Uri.joinPath(extension, 'dist', 'webview', `${name}.${extensionName}`))
      .toString();
  const csp = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource} 'nonce-${nonce}'${images ? `; img-src ${images}` : ''}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${file('css')}">
</head>
<body><script nonce="${nonce}" src="${file('js')}"></script></body>
</html>`;
}
