import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Images and images per class of M4D-35k's parts, and how each lies on disk. */
const PARTS: readonly { images: number; perClass: number; path: (i: number, label: number) => string }[] = [
  { images: 141_500, perClass: 15, path: (i) => `products-10k/train/${i}.jpg` },
  { images: 79_200, perClass: 8, path: landmark },
  {
    images: 100_400,
    perClass: 7,
    path: (i, label) => `deepfashion/img/WOMEN/Dresses/id_${label}/${i}_front.jpg`,
  },
  { images: 7_300, perClass: 7, path: (i) => `stanford_cars/cars_train/cars_train/${i}.jpg` },
];

/** GLDv2: 4,096 folders by the first three characters of the id. */
function landmark(i: number): string {
  const id = Math.imul(i, 2_654_435_761) >>> 0;
  const hex = id.toString(16).padStart(8, '0');
  return `google_landmark_recognition_2021/train/${hex[0]}/${hex[1]}/${hex[2]}/${hex}${i}.jpg`;
}

/** M4D-35k's annotation file and its folders with empty files: 328,400 images of its parts, or as many of them. */
export function makeEmptyM4d(root: string, most = Number.POSITIVE_INFINITY): number {
  const annotation = join(root, 'm4d-35k_train.csv');
  const rows = ['img_path,label'];
  const folders = new Set<string>();
  let label = 0;
  for (const { images, perClass, path } of PARTS) {
    for (let i = 0; i < images && rows.length <= most; i++) {
      const image = path(i, label + Math.floor(i / perClass));
      rows.push(`${image},${label + Math.floor(i / perClass)}`);
      if (existsSync(annotation)) continue;
      const folder = join(root, dirname(image));
      if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
      folders.add(folder);
      closeSync(openSync(join(root, image), 'w'));
    }
    label += Math.ceil(images / perClass);
  }
  writeFileSync(annotation, `${rows.join('\n')}\n`);
  return rows.length - 1;
}
