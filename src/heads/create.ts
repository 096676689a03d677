import { counted } from '../common/counted.ts';
import { usageError } from '../common/errors.ts';
import { adaCos } from './adacos.ts';
import { adaFace } from './adaface.ts';
import { arcFace } from './arcface.ts';
import { curricularFace } from './curricularface.ts';
import { dynMArcFace } from './dynm-arcface.ts';
import type { HeadConfig, HeadName, MarginHead } from './head.ts';
import { liArcFace } from './liarcface.ts';

type Factory = (config: HeadConfig, classes: number, counts: Int32Array) => MarginHead;

const factories: { readonly [N in HeadName]: Factory } = {
  ArcFace: arcFace,
  'DynM-ArcFace': (config, _classes, counts) => dynMArcFace(config, counts),
  AdaCos: adaCos,
  LiArcFace: liArcFace,
  CurricularFace: curricularFace,
  AdaFace: adaFace,
};

/**
 * The head that a configuration names. `k` counts for ArcFace and DynM-ArcFace; the others have one centre a class.
 *
 * @param classCounts images per class, by label. [classes]
 */
export function createHead(config: HeadConfig, classes: number, classCounts: Int32Array): MarginHead {
  if (!Number.isInteger(config.k) || config.k < 1)
    throw usageError({
      code: 'head/bad-k',
      what: 'the number of sub-centres per class is not a positive integer',
      where: 'MODEL.HEAD.k',
      expected: 'an integer >= 1',
      got: `${config.k}`,
    });
  if (config.name === 'DynM-ArcFace' && classCounts.length !== classes)
    throw usageError({
      code: 'head/class-counts',
      what: 'DynM-ArcFace needs the number of images of every class',
      where: 'DATASET.cls_dist_file',
      expected: counted(classes, 'class'),
      got: counted(classCounts.length, 'class'),
      todo: 'delete the file to have it written anew from the data set',
    });
  return factories[config.name](config, classes, classCounts);
}
