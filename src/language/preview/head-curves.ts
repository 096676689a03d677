import type { Config } from '../../config/schema/index.ts';
import { createHead } from '../../heads/create.ts';
import { numberBase } from '../../heads/dual.ts';
import type { BatchFacts, HeadConfig, HeadName, HeadState, MarginHead } from '../../heads/head.ts';
import { count } from '../dataset-items.ts';
import type { TrainingFacts } from './training-facts.ts';
import type { HeadCurve, HeadPreview } from './types.ts';

const ASSUMED_CLASSES = 1000;
const DEGREE = Math.PI / 180;

/** A batch that brings out what a head does, sample by sample, and what its curves are called. */
interface Showcase {
  readonly head: MarginHead;
  readonly facts: BatchFacts;
  readonly state?: HeadState;
  /** Curves of samples of this batch. */
  readonly curves: readonly {
    readonly sample: number;
    readonly of: HeadCurve['of'];
    readonly label: string;
  }[];
  readonly note?: string;
}

type Showcases = (config: HeadConfig, classes: number) => readonly Showcase[];

/** Logits of the chosen head against the angle, by the head's own formulas. */
export function previewHead({ MODEL: { HEAD } }: Config, { classes }: TrainingFacts): HeadPreview {
  const number = Math.max(3, classes ?? ASSUMED_CLASSES);
  const showcases = SHOWCASES[HEAD.name](HEAD, number);
  const assumed =
    classes === undefined && HEAD.name === 'AdaCos'
      ? [`The number of classes is not known: drawn for ${count(number)}.`]
      : [];
  return {
    name: HEAD.name,
    curves: showcases.flatMap(draw),
    note: [...showcases.flatMap(({ note }) => note ?? []), ...assumed].join(' '),
  };
}

function draw({ head, facts, state, curves }: Showcase): HeadCurve[] {
  const { scale, rows } = head.prepare(facts, state ?? head.initialState());
  return curves.map(({ sample, of, label }) => {
    const row = Object.fromEntries(head.rowNames.map((name) => [name, rows[name]![sample]!]));
    const logit = (degrees: number) => {
      const cosine = Math.cos(degrees * DEGREE);
      const unscaled =
        of === 'target' ? head.target(numberBase, cosine, row) : head.entry(numberBase, cosine, row);
      return scale * unscaled;
    };
    return { label, of, logits: Array.from({ length: 181 }, (_, degrees) => logit(degrees)) };
  });
}

const TARGET = { sample: 0, of: 'target', label: 'label' } as const;
const OTHERS = { sample: 0, of: 'others', label: 'other classes' } as const;

/** A head that treats all samples alike. */
function plain(config: HeadConfig, classes: number, note: string): Showcase[] {
  const head = createHead(config, classes, new Int32Array(classes));
  return [{ head, facts: sampleAt(60), curves: [TARGET, OTHERS], note }];
}

const SHOWCASES: { readonly [N in HeadName]: Showcases } = {
  ArcFace: (config, classes) => plain(config, classes, marginNote(config.m, config.s)),
  LiArcFace: (config, classes) => plain(config, classes, marginNote(config.m, config.s)),
  'DynM-ArcFace': (config) => [
    {
      head: createHead(config, 2, Int32Array.of(1, 2)),
      facts: { ...sampleAt(60, 60), labels: Int32Array.of(0, 1) },
      curves: [
        { ...TARGET, label: `label, rarest class (m ${config.m_max})` },
        { ...TARGET, sample: 1, label: `label, most frequent class (m ${config.m_min})` },
        OTHERS,
      ],
      note: `s ${config.s}; the margin lies between the two by the size of the class.`,
    },
  ],
  AdaCos: (config, classes) => {
    const head = createHead({ ...config, dynamic_s: false }, classes, new Int32Array(classes));
    const s = head.partitionScale(head.initialState()).toFixed(2);
    const later = config.dynamic_s ? ' Training adapts it in every batch.' : '';
    return [
      {
        head,
        facts: sampleAt(60),
        curves: [TARGET, OTHERS],
        note: `No margin: both curves are one. The scale starts at ${s}.${later}`,
      },
    ];
  },
  CurricularFace: (config, classes) => {
    const head = createHead(config, classes, new Int32Array(classes));
    // t is a moving mean of the target cosine: about 0 at the start, about 0.7 when the classes are learnt.
    const at = (t: number, curves: Showcase['curves']): Showcase => ({
      head,
      facts: sampleAt(LEARNT),
      state: { t: (t - 0.01 * Math.cos(LEARNT * DEGREE)) / 0.99 },
      curves,
    });
    return [
      {
        ...at(0, [TARGET, { ...OTHERS, label: 'other classes, t 0' }]),
        note: marginNote(config.m, config.s),
      },
      {
        ...at(0.7, [{ ...OTHERS, label: 'other classes, t 0.7' }]),
        note: `Other classes as a sample at ${LEARNT}° from its own sees them: nearer than ${LEARNT}° + m they are hard ones. t, the moving mean of the target cosine, rises while training.`,
      },
    ];
  },
  AdaFace: (config, classes) => [
    {
      // h only says how far a norm moves q: with a very large one, any deviation gives q -1 or 1.
      head: createHead({ ...config, h: 1e9 }, classes, new Int32Array(classes)),
      facts: { ...sampleAt(60, 60, 60), norms: Float32Array.of(1, 50, 99) },
      state: { batch_mean: 50, batch_std: 49, t: 0 },
      curves: [
        { ...TARGET, label: 'label, q -1 (short feature)' },
        { ...TARGET, sample: 1, label: 'label, q 0' },
        { ...TARGET, sample: 2, label: 'label, q 1 (long feature)' },
        OTHERS,
      ],
      note: `${marginNote(config.m, config.s)} q is ${config.h} times the deviation of the feature's length from the mean, in standard deviations, kept within -1 and 1.`,
    },
  ],
};

/** Angle of a sample to its own class, degrees, when most of the classes are told apart. */
const LEARNT = 45;

function marginNote(m: number, s: number): string {
  return `m ${m} (${(m / DEGREE).toFixed(1)}°), s ${s}.`;
}

/** A batch of samples at these angles to their class, degrees. */
function sampleAt(...degrees: readonly number[]): BatchFacts {
  return {
    targetCosine: Float32Array.from(degrees, (d) => Math.cos(d * DEGREE)),
    norms: new Float32Array(degrees.length).fill(20),
    labels: new Int32Array(degrees.length),
  };
}
