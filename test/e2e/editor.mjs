// VS Code in a browser: starts code-server with our extension and gives the tests hands and eyes.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { runCommand } from './palette.mjs';
import { until } from './until.mjs';

const SETTINGS = {
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'git.enabled': false,
  'files.autoSave': 'off',
  'editor.accessibilitySupport': 'off',
  'window.autoDetectColorScheme': false,
};
const UNTRUSTED = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
};
const BROWSER = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * @param {{ tools: ReturnType<typeof import('./setup.mjs').setUp>, vsix: string, workspace: string, artefacts: string,
 *   env?: NodeJS.ProcessEnv, width?: number, height?: number, settings?: object, extensions?: string[],
 *   profile?: string, untrusted?: boolean }} options `profile`: of the login shell, from which extensions get their
 *   PATH; `untrusted`: the workspace is opened in restricted mode
 */
export async function openEditor({
  tools,
  vsix,
  workspace,
  artefacts,
  env = {},
  width = 1440,
  height = 900,
  settings = {},
  extensions = [],
  profile,
  untrusted = false,
}) {
  const home = mkdtempSync(join(tmpdir(), 'mdfe-e2e-'));
  const userData = join(home, 'user-data');
  const settingsFile = join(userData, 'User', 'settings.json');
  mkdirSync(join(userData, 'User'), { recursive: true });
  mkdirSync(artefacts, { recursive: true });
  writeFileSync(settingsFile, JSON.stringify({ ...SETTINGS, ...(untrusted && UNTRUSTED), ...settings }));
  writeFileSync(join(home, 'config.yaml'), '');
  if (profile !== undefined) writeFileSync(join(home, '.profile'), profile);
  const common = [
    tools.entry,
    '--config',
    join(home, 'config.yaml'),
    '--user-data-dir',
    userData,
    '--extensions-dir',
    join(home, 'extensions'),
    '--disable-telemetry',
    '--disable-update-check',
  ];
  const serverEnv = {
    ...process.env,
    ...env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'xc'),
    XDG_DATA_HOME: join(home, 'xd'),
  };
  delete serverEnv.VSCODE_IPC_HOOK_CLI;
  for (const extension of [vsix, ...extensions])
    execFileSync(tools.node, [...common, '--install-extension', extension], {
      env: serverEnv,
      stdio: 'pipe',
    });

  const port = await freePort();
  const server = spawn(
    tools.node,
    [
      ...common,
      '--bind-addr',
      `127.0.0.1:${port}`,
      '--auth',
      'none',
      ...(untrusted ? [] : ['--disable-workspace-trust']),
      '--disable-getting-started-override',
      workspace,
    ],
    { env: serverEnv, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  let said = '';
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (data) => {
      said += data;
    });
  const address = `http://127.0.0.1:${port}`;
  await until(
    'code-server answers',
    async () => (await fetch(`${address}/healthz`).catch(() => undefined))?.ok,
    60_000,
    () => said,
  );

  const browser = await chromium.launch({ executablePath: tools.chromium, headless: true, args: BROWSER });
  const page = await (await browser.newContext({ viewport: { width, height } })).newPage();
  const violations = [];
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) violations.push(message.text());
  });
  await page.goto(`${address}/?folder=${encodeURIComponent(workspace)}`);
  await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 120_000 });

  const editor = {
    page,
    home,
    violations,
    server: () => said,

    /** A row of the explorer. */
    file: (name) => page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first(),

    async openFile(...path) {
      for (const folder of path.slice(0, -1)) {
        const row = editor.file(folder);
        if ((await row.getAttribute('aria-expanded')) !== 'true') await row.click();
      }
      await editor.file(path.at(-1)).dblclick();
      await page.locator('.monaco-editor .view-line').first().waitFor({ timeout: 30_000 });
    },

    /** Runs a command by its title in the palette. */
    command: (title) => runCommand(page, title),

    /** Answers VS Code's own folder dialog. */
    async chooseFolder(path, button = 'Use as Data Folder') {
      return editor.choose(`${path}/`, button);
    },

    /** The same for a file, or a folder with a slash at its end. */
    async choose(path, button) {
      const widget = page.locator('.quick-input-widget');
      const box = widget.locator('input[type=text]').first();
      const ok = widget.locator('.monaco-button', { hasText: button });
      await ok.waitFor({ timeout: 20_000 });
      // The dialog fills its box itself while it reads folders, so that what was typed may be lost.
      await until(`the dialog takes ${path}`, async () => {
        await box.fill(path);
        await wait(1000);
        if (!(await box.inputValue()).startsWith(path)) return false;
        await ok.click({ timeout: 2000 }).catch(() => undefined);
        const closed = widget.waitFor({ state: 'hidden', timeout: 4000 });
        return closed.then(
          () => true,
          () => false,
        );
      });
    },

    /** The document inside our webview. */
    panel: () => page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame'),

    notification: (text) =>
      page.locator('.notifications-toasts .notification-toast', { hasText: text }).first(),

    screenshot: (name) => page.screenshot({ path: join(artefacts, `${name}.png`) }),

    /** Chooses a colour theme by its name in the list. */
    async theme(name) {
      await editor.command('Preferences: Color Theme');
      const box = page.locator('.quick-input-widget input[type=text]').first();
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Dark Modern' }).first().waitFor();
      await box.fill(name);
      const row = page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
      await row.waitFor();
      await wait(300);
      await row.click();
      await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      await wait(1000); // the webview repaints
    },

    /** As a user does it: VS Code saves its state first. */
    async reload() {
      await page.evaluate(() => {
        window.beforeReload = true;
      });
      await editor.command('Developer: Reload Window');
      const reloaded = () => page.evaluate(() => window.beforeReload === undefined).catch(() => false);
      await until('the window reloads', reloaded, 60_000);
      await page.locator('.monaco-workbench').waitFor({ timeout: 120_000 });
    },

    async close() {
      await browser.close();
      try {
        process.kill(-server.pid, 'SIGTERM');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
      writeFileSync(join(artefacts, 'server.log'), said);
      await wait(500);
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
    },
  };
  return editor;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
