import { HEAD_NAMES } from '../../heads/head.ts';
import { bool, choice, float, int, section } from './field.ts';

const NAME = 'MODEL.HEAD.name';

export const headSection = section(
  {
    name: choice(
      'ArcFace',
      HEAD_NAMES,
      {
        ArcFace: 'additive angular margin, with k sub-centres per class (arXiv 1801.07698; ECCV 2020)',
        'DynM-ArcFace': 'ArcFace whose margin grows as a class gets rarer (CLAM)',
        AdaCos: 'no margin; the scale adapts to the training (arXiv 1905.00292)',
        LiArcFace: 'logits linear in the angle (arXiv 1907.12256)',
        CurricularFace: 'hard negatives gain weight as training goes on (arXiv 2004.00288)',
        AdaFace: 'margin by image quality, read off the feature norm (arXiv 2204.00964)',
      },
      {
        description: 'Margin-based softmax that trains the embedding.',
        source: 'loss; part of the run name',
        aliases: ['type', 'head', 'loss'],
      },
    ),
    k: int(1, {
      min: 1,
      description: 'Sub-centres per class; the nearest one counts.',
      details: 'More than one lets a class have several appearances and takes up label noise.',
      unit: 'centres',
      source: 'Deng et al., Sub-center ArcFace, ECCV 2020',
      usedWhen: { key: NAME, is: ['ArcFace', 'DynM-ArcFace'] },
      aliases: ['centers', 'sub_centers', 'K'],
    }),
    s: float(30, {
      above: 0,
      description: 'Scale of the logits: the radius of the hypersphere.',
      source: 'arXiv 1801.07698, section 2.1',
      usedWhen: { key: NAME, is: ['ArcFace', 'DynM-ArcFace', 'LiArcFace', 'CurricularFace', 'AdaFace'] },
      aliases: ['scale'],
    }),
    dynamic_s: bool(true, {
      description: 'AdaCos: adapt the scale in every batch; False keeps its initial value.',
      source: 'arXiv 1905.00292, equation 15',
      usedWhen: { key: NAME, is: ['AdaCos'] },
      aliases: ['dynamic_scale'],
    }),
    m: float(0.5, {
      min: 0,
      below: Math.PI,
      description: "Margin added to the angle to the label's class.",
      unit: 'radians',
      source: 'arXiv 1801.07698, equation 3',
      usedWhen: { key: NAME, is: ['ArcFace', 'LiArcFace', 'CurricularFace', 'AdaFace'] },
      aliases: ['margin'],
    }),
    m_max: float(0.5, {
      min: 0,
      below: Math.PI,
      description: 'DynM-ArcFace: margin of the rarest class.',
      unit: 'radians',
      source: 'class distribution aware margin (CLAM)',
      usedWhen: { key: NAME, is: ['DynM-ArcFace'] },
      aliases: ['margin_max'],
    }),
    m_min: float(0.2, {
      min: 0,
      below: Math.PI,
      description: 'DynM-ArcFace: margin of the most frequent class.',
      unit: 'radians',
      source: 'class distribution aware margin (CLAM)',
      usedWhen: { key: NAME, is: ['DynM-ArcFace'] },
      aliases: ['margin_min'],
    }),
    h: float(0.333, {
      above: 0,
      description: 'AdaFace: concentration, how far the feature norm moves the margin.',
      source: 'arXiv 2204.00964, equation 16',
      usedWhen: { key: NAME, is: ['AdaFace'] },
    }),
    t_alpha: float(1, {
      min: 0,
      max: 1,
      description: 'AdaFace: weight of the newest batch in the moving mean and deviation of the norms.',
      source: 'arXiv 2204.00964, section 3.2',
      usedWhen: { key: NAME, is: ['AdaFace'] },
    }),
  },
  { description: 'The classifier that is trained with the embedding and dropped afterwards.' },
);
