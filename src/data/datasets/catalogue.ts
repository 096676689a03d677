import { usageError } from '../../common/errors.ts';
import { nearest } from '../../common/suggest.ts';
import type { DatasetDefinition } from './definition.ts';
import deepFashion from './sets/deep-fashion.ts';
import deepFashion2 from './sets/deep-fashion2.ts';
import fashion200k from './sets/fashion200k.ts';
import foodRec22 from './sets/food-rec22.ts';
import food101 from './sets/food101.ts';
import furniture180 from './sets/furniture180.ts';
import gldv2 from './sets/gldv2.ts';
import hm from './sets/hm.ts';
import m4d35k from './sets/m4d-35k.ts';
import metArt from './sets/met-art.ts';
import products10k from './sets/products-10k.ts';
import rp2k from './sets/rp2k.ts';
import shopee from './sets/shopee.ts';
import stanfordCars from './sets/stanford-cars.ts';
import stanfordOnlineProducts from './sets/stanford-online-products.ts';
import storefronts146 from './sets/storefronts146.ts';

/** Every published set that DATASET.names may name. */
export const DATASETS: readonly DatasetDefinition[] = [
  m4d35k,
  products10k,
  gldv2,
  deepFashion,
  metArt,
  shopee,
  hm,
  rp2k,
  stanfordOnlineProducts,
  fashion200k,
  foodRec22,
  stanfordCars,
  deepFashion2,
  food101,
  furniture180,
  storefronts146,
];

const byName = new Map(
  DATASETS.flatMap((set) => [set.key, ...set.aliases].map((name) => [name.toLowerCase(), set] as const)),
);

/** The set of that name or alias. */
export function findDataset(name: string): DatasetDefinition {
  const found = byName.get(name.toLowerCase());
  if (found) return found;
  const guess = nearest(name, byName.keys());
  throw usageError({
    code: 'data/unknown-dataset',
    what: `there is no data set named ${name}`,
    where: 'DATASET.names',
    expected: `${DATASETS.map((set) => set.key).join(', ')}, folder:PATH or csv:FILE`,
    got: name,
    todo: guess
      ? `did you mean ${byName.get(guess)!.key}?`
      : 'choose one of these, or describe your own data with folder:PATH or csv:FILE',
  });
}
