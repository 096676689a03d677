import { join } from 'node:path';
import { counted } from '../../common/counted.ts';
import { fourNumbers, identifier, record } from './annotation-value.ts';
import type { CropJob, Item } from './crop-job.ts';
import { readJsonArrays } from './json-arrays.ts';
import type { CropLayout } from './layout.ts';

/** images/ with COCO's annotations.json, read once from start to end. */
export const foodRec22: CropLayout = {
  key: 'food_rec22',
  needs: [
    { path: 'images', folder: true },
    { path: 'annotations.json', folder: false },
  ],
  async list(folder) {
    const file = join(folder, 'annotations.json');
    const names = new Map<string, string>(); // by image id, in the file's order
    const itemsOf = new Map<string, Item[]>();
    await readJsonArrays(file, {
      images: (element) => {
        const image = record(element, `${file}, images`);
        const id = identifier(image.id, 'id', `${file}, images`);
        names.set(id, identifier(image.file_name, 'file_name', `${file}, image ${id}`));
      },
      annotations: (element) => {
        const annotation = record(element, `${file}, annotations`);
        const image = identifier(annotation.image_id, 'image_id', `${file}, annotations`);
        const where = `${file}, image ${image}`;
        const label = identifier(annotation.category_id, 'category_id', where);
        const [x, y, width, height] = fourNumbers(annotation.bbox, 'bbox', where);
        const items = itemsOf.get(image) ?? [];
        items.push({ box: [x, y, x + width, y + height], label, folder: label });
        itemsOf.set(image, items);
      },
    });
    const byName = new Map<string, Item[]>(); // an image may be listed twice
    for (const [id, name] of names)
      byName.set(name, [...(byName.get(name) ?? []), ...(itemsOf.get(id) ?? [])]);
    const jobs = [...byName].map(
      ([name, items]): CropJob => ({
        image: `images/${name}`,
        file: name,
        annotation: { items, whole: false },
      }),
    );
    let strays = 0;
    for (const [id, items] of itemsOf) if (!names.has(id)) strays += items.length;
    const notes =
      strays > 0 ? [`${counted(strays, 'annotation')} of images that the file does not list left out`] : [];
    return { jobs: jobs.filter(hasItems), notes };
  },
};

function hasItems({ annotation }: CropJob): boolean {
  return typeof annotation === 'string' || annotation.items.length > 0;
}
