// The retrieval gallery of a real run over 200,000 index images: how long until its first screen, how fast it scrolls,
// filters and sorts, and what each process holds.
//   npm run build && node test/bench/gallery/run.mjs [FOLDER] [INDEX_IMAGES]     FOLDER is kept for the next time
// It draws the images, trains for two epochs on 1,000 others and explores the run in VS Code (code-server, chromium).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { openEditor } from '../../e2e/editor.mjs';
import { setUp } from '../../e2e/setup.mjs';
import { until } from '../../e2e/until.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const cache = join(root, 'test', '.cache');
const [folder, images = '200000'] = process.argv.slice(2);
const workspace = folder ?? mkdtempSync(join(tmpdir(), 'mdfe-bench-gallery-'));
/** Processes whose memory is told, by a part of their command line. */
const PROCESSES = {
  'extension host': '--type=extensionHost',
  evaluation: 'cli.mjs evaluate',
  thumbnails: 'thumbnail.worker',
  page: '--type=renderer',
};

const started = performance.now();
const say = (text) =>
  console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`);
try {
  if (!existsSync(join(workspace, 'data', 'train.csv'))) await drawImages();
  if (!existsSync(join(workspace, 'results', 'gallery'))) train();
  await explore();
} finally {
  if (folder === undefined) rmSync(workspace, { recursive: true });
}

/** Our own sources are bundled first, because Node 20 cannot read TypeScript. */
async function drawImages() {
  const outfile = join(cache, 'gallery-set.mjs');
  const entryPoints = [join(root, 'test', 'bench', 'gallery', 'make-set.ts')];
  await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile });
  await (await import(pathToFileURL(outfile).href)).makeGallerySet(workspace, Number(images));
  say('drew the images');
}

function train() {
  const paths = ['--output-dir', join(workspace, 'results'), '--cache-dir', join(workspace, 'cache')];
  const args = ['train', join(workspace, 'configs', 'gallery.yaml'), join(workspace, 'data'), ...paths];
  execFileSync(process.execPath, [join(root, 'dist', 'cli.mjs'), ...args, '--name', 'gallery'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  say('trained, with two evaluations');
}

async function explore() {
  const vsix = join(cache, 'gallery.vsix');
  execFileSync(process.execPath, [join(root, 'scripts', 'package.mjs'), '--out', vsix], { stdio: 'pipe' });
  const editor = await openEditor({
    tools: setUp(),
    vsix,
    workspace,
    artefacts: join(root, 'test', 'artefacts'),
    settings: {
      'mdfe.cacheDir': join(workspace, 'cache'),
      'files.exclude': { data: true },
      'files.watcherExclude': { '**/data/**': true },
    },
  });
  const memory = watchMemory();
  const { page } = editor;
  const panel = () => editor.panel();
  try {
    await editor.openFile('configs', 'gallery.yaml');
    say('VS Code is up');
    for (const what of ['evaluated', 'remembered']) {
      await editor.command('MDFE: Explore Retrieval');
      const asked = performance.now();
      await panel().locator('#app').waitFor({ timeout: 600_000 });
      const there = performance.now();
      await pictures(panel(), 12);
      say(
        `${what}: gallery ${ms(there - asked)} after the command, its pictures ${ms(performance.now() - there)} later`,
      );
      if (what === 'evaluated') await editor.command('View: Close All Editors');
    }
    await until('all queries', async () => !(await counted(panel())).includes('of'), 60_000);
    say(`${await counted(panel())}; ${await panel().locator('#summary').textContent()}`);
    await editor.screenshot('gallery-200k');

    const jumps = await frames(panel(), 60);
    say(`60 jumps through the list: slowest frame ${ms(jumps)}`);
    await panel()
      .locator('#list')
      .evaluate((list) => list.scrollTo(0, 0));
    const steps = await frames(panel(), 200, 60);
    say(`200 steps of 60 pixels: slowest frame ${ms(steps)}`);
    const from = performance.now();
    await pictures(panel(), 12);
    say(`pictures of a new place: ${ms(performance.now() - from)}`);

    const domain = panel().locator('#domains button').nth(1);
    say(
      `filter by domain: ${ms(await interaction(panel(), () => domain.click()))}, ${await counted(panel())}`,
    );
    for (const order of ['surest', 'name', 'best', 'worst']) {
      const took = await interaction(panel(), () => panel().locator('#order').selectOption(order));
      say(`order ${order}: ${ms(took)}`);
    }
    await panel().locator('#domains button').first().click();
    const tile = panel().locator('#rows .tile').nth(1);
    const file = (await tile.getAttribute('aria-label')).split('/').at(-1);
    const clicked = performance.now();
    await tile.click();
    await page.locator('.tab', { hasText: file }).first().waitFor({ timeout: 30_000 });
    say(`a click opens ${file}: ${ms(performance.now() - clicked)}`);
    const heap = await panel()
      .locator('#list')
      .evaluate(() => performance.memory.usedJSHeapSize);
    say(`peak memory, MB: ${memory.told()}; JavaScript heap of the page ${(heap / 1e6).toFixed(0)}`);
  } catch (error) {
    await editor.screenshot('gallery-200k-failed');
    throw error;
  } finally {
    memory.stop();
    await editor.close();
  }
}

function ms(milliseconds) {
  return `${milliseconds.toFixed(0)} ms`;
}

function counted(panel) {
  return panel.locator('#count').textContent();
}

/** Waits until so many pictures in sight are drawn. */
function pictures(panel, count) {
  return until(`${count} pictures`, async () => {
    const drawn = await panel
      .locator('.frame.is-there img')
      .evaluateAll((all) => all.filter((image) => image.naturalWidth > 0).length);
    return drawn >= count;
  });
}

/** Scrolls once a frame, `by` pixels or else through the whole list: the longest time between two frames, ms. */
function frames(panel, count, by) {
  return panel.locator('#list').evaluate(
    async (list, [n, step]) => {
      let slowest = 0;
      let last = performance.now();
      for (let i = 0; i <= n; i++) {
        if (step) list.scrollBy(0, step);
        else list.scrollTop = (list.scrollHeight * i) / n;
        await new Promise(requestAnimationFrame);
        slowest = Math.max(slowest, performance.now() - last);
        last = performance.now();
      }
      return slowest;
    },
    [count, by],
  );
}

/** Longest time that the page was held up by something that the user does, ms. */
async function interaction(panel, action) {
  const list = panel.locator('#list');
  await list.evaluate(() => {
    window.longest = 0;
    let last = performance.now();
    const look = () => {
      const now = performance.now();
      window.longest = Math.max(window.longest, now - last);
      last = now;
      window.looking = requestAnimationFrame(look);
    };
    window.looking = requestAnimationFrame(look);
  });
  await action();
  await wait(500);
  return list.evaluate(() => {
    cancelAnimationFrame(window.looking);
    return window.longest;
  });
}

/** Largest resident memory of each kind of process, looked at five times a second. */
function watchMemory() {
  const peaks = Object.fromEntries(Object.keys(PROCESSES).map((name) => [name, 0]));
  const look = () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const read = (file) => {
        try {
          return readFileSync(`/proc/${pid}/${file}`, 'utf8');
        } catch (error) {
          if (error.code === 'ENOENT' || error.code === 'ESRCH') return ''; // it has ended
          throw error;
        }
      };
      const line = read('cmdline').replaceAll('\0', ' ');
      const kind = Object.keys(PROCESSES).find((name) => line.includes(PROCESSES[name]));
      if (!kind) continue;
      const resident = Number(/VmRSS:\s+(\d+)/.exec(read('status'))?.[1] ?? 0) / 1000;
      peaks[kind] = Math.max(peaks[kind], resident);
    }
  };
  const timer = setInterval(look, 200);
  return {
    stop: () => clearInterval(timer),
    told: () =>
      Object.entries(peaks)
        .map(([name, peak]) => `${name} ${peak.toFixed(0)}`)
        .join(', '),
  };
}
