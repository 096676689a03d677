import { mkdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Rng } from '../../../src/common/rng.ts';
import { DOMAIN_NAMES, type DrawnClass, drawnClasses } from '../../../src/data/drawn/classes.ts';
import { renderDrawing } from '../../../src/data/drawn/render.ts';
import { writeTinyBackbone } from '../../cli/tiny-backbone.ts';

const PER_CLASS = 40; // index images
const SIDE = 48; // pixels
const RENDERED = 72; // pixels before the crop
const SEED = 42;
const AT_ONCE = 8;

const CONFIG = (backbone: string) => `SEED: ${SEED}
MODEL:
  cloud_upload: False
  BACKBONE: { type: dinov2, network_arch: tiny, model_name: "local-dir:${backbone}", output_dim: 16 }
DATASET: { names: ["csv:train.csv"] }
DATALOADER: { batch_size: 64 }
TRANSFORM: { name: openai-clip, size: 28 }
TRAIN: { epochs: 2, save_epoch: [2] }
EVAL: { hold_out: csv, csv_file: eval.csv, every: 1000 }
`;

/** A drawing class in one of several hues. */
interface Variant {
  readonly drawn: DrawnClass;
  readonly hue: number;
  readonly name: string;
}

/**
 * A workspace for a large gallery: `data/eval.csv` with one query and 40 index images a class, every one a JPEG of its
 * own (a drawing in another hue, crop and place), `data/train.csv` with the classes of one hue more, a tiny backbone
 * with random weights and `configs/gallery.yaml`.
 */
export async function makeGallerySet(workspace: string, indexImages: number): Promise<void> {
  const data = join(workspace, 'data');
  mkdirSync(join(workspace, 'configs'), { recursive: true });
  mkdirSync(data, { recursive: true });
  await writeTinyBackbone(join(workspace, 'backbone'), 28);
  writeFileSync(join(workspace, 'configs', 'gallery.yaml'), CONFIG(join(workspace, 'backbone')));
  const { classes } = await drawnClasses(new Set(DOMAIN_NAMES), 3);
  const wanted = Math.ceil(indexImages / PER_CLASS);
  const hues = Math.ceil(wanted / classes.length);
  const rows: string[] = ['img_path,label,role,domain'];
  for (const variant of variants(classes, hues).slice(0, wanted))
    for (const [i, image] of (await draw(data, 'eval', variant, PER_CLASS + 1)).entries())
      rows.push(`${image},${variant.name},${i === 0 ? 'query' : 'index'},${variant.drawn.domain}`);
  writeFileSync(join(data, 'eval.csv'), `${rows.join('\n')}\n`);
  const train: string[] = ['img_path,label'];
  for (const drawn of classes.slice(0, 200)) {
    const variant = { drawn, hue: 360 * (hues / (hues + 1)), name: `${drawn.domain} ${drawn.name}` };
    for (const image of await draw(data, 'train', variant, 5)) train.push(`${image},${variant.name}`);
  }
  writeFileSync(join(data, 'train.csv'), `${train.join('\n')}\n`);
}

function variants(classes: readonly DrawnClass[], hues: number): Variant[] {
  return Array.from({ length: hues }, (_, h) =>
    classes.map((drawn) => ({
      drawn,
      hue: (360 * h) / (hues + 1),
      name: `${drawn.domain} ${drawn.name} ${h + 1}`,
    })),
  ).flat();
}

/** Draws images of a class; their paths relative to the data folder. */
async function draw(data: string, part: string, { drawn, hue, name }: Variant, count: number) {
  const folder = `${part}/${name.replaceAll(' ', '-')}`;
  mkdirSync(join(data, folder), { recursive: true });
  const drawings = drawn.drawings.slice(0, PER_CLASS + 1);
  const rendered = await Promise.all(
    drawings.map((drawing) => renderDrawing(drawing, RENDERED, new Rng(SEED, name, drawing.set))),
  );
  const images = Array.from({ length: count }, (_, i) => `${folder}/${i}.jpg`);
  const one = async (i: number) => {
    const rng = new Rng(SEED, images[i]!);
    const slack = RENDERED - SIDE;
    const jpeg = await sharp(rendered[i % rendered.length]!)
      .extract({ left: rng.below(slack), top: rng.below(slack), width: SIDE, height: SIDE })
      .modulate({ hue: Math.round(hue), brightness: rng.uniform(0.8, 1.2) })
      .flop(rng.below(2) === 1)
      .jpeg({ quality: 85 })
      .toBuffer();
    await writeFile(join(data, images[i]!), jpeg);
  };
  for (let from = 0; from < count; from += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => one(from + i)));
  return images;
}
