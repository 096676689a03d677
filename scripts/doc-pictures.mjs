// Cuts the pictures of docs/kaggle.md and docs/google-drive.md out of the screenshots that
//   npm run test:e2e -- packaging
// leaves in test/artefacts, and writes them small into docs/images.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const COLOURS = 64;

// Pixels of a window of 1440 x 900.
const PICKER = { left: 400, top: 0, width: 640, height: 180 };
const TOAST = { left: 970, top: 760, width: 470, height: 110 };
const DIALOG = { left: 480, top: 300, width: 480, height: 280 };
const EDITOR = { left: 352, top: 36, width: 1088, height: 500 };

const PICTURES = {
  panel: EDITOR,
  checkpoint: { ...PICKER, height: 150 },
  format: { ...PICKER, height: 250 },
  done: TOAST,
  notebook: { ...EDITOR, height: 620 },
  'no-kaggle': { ...TOAST, top: 740, height: 130 },
  publish: DIALOG,
  published: TOAST,
  'sign-in': { ...PICKER, height: 165 },
  'signed-in': { ...TOAST, top: 820, height: 80 },
  upload: DIALOG,
};
const SOURCES = { panel: 'packaging-panel-dark' };

mkdirSync(join(root, 'docs', 'images'), { recursive: true });
for (const [name, region] of Object.entries(PICTURES)) {
  const source = join(root, 'test', 'artefacts', `${SOURCES[name] ?? `packaging-${name}`}.png`);
  const target = join(root, 'docs', 'images', `packaging-${name}.png`);
  const { size } = await sharp(source)
    .extract(region)
    .png({ palette: true, colours: COLOURS, compressionLevel: 9, effort: 10 })
    .toFile(target);
  console.log(`${target.slice(root.length + 1)}  ${size} bytes`);
}
