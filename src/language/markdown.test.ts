import { expect, it } from 'vitest';
import { knownModels } from '../config/known-models.ts';
import { modelDoc } from './markdown.ts';

const doc = (name: string, tag?: string) => modelDoc(knownModels.find(name)!, tag);

it('says the licence of the weights that are meant, and where none is known', () => {
  expect(doc('ViT-B-32', 'datacomp_xl_s13b_b90k')).toContain('- Licence of datacomp_xl_s13b_b90k: mit\n');
  expect(doc('ViT-B-32', 'laion2b_s34b_b79k')).toContain('- Licence of laion2b_s34b_b79k: unknown\n');
  expect(doc('vit_small_patch14_dinov2')).toContain('- Licence of lvd142m: apache-2.0\n');
  expect(doc('ViT-B-32')).not.toContain('Licence');
});
