import { DOMAIN_NAMES, type DrawnClass, drawnClasses } from './classes.ts';
import type { Drawing, Licence } from './icon-sets.ts';

/** What a set of drawn images is made of. */
export interface DrawnSetPlan {
  readonly domains: readonly string[];
  /** Classes per domain, the first ones in Unicode's order; 0: all. */
  readonly classesPerDomain: number;
  /** Drawings that a class must have. */
  readonly minDrawings: number;
  /** Set whose classes, and whose drawings wherever else they occur, are left out. */
  readonly without?: DrawnSetName;
  /** Images of each drawing to train on, each on another background; held-out drawings get one. */
  readonly renderings: number;
  /** Share of the classes that training never sees. */
  readonly heldOut: number;
  /** Drawings of a held-out class to look up; at least two others stay to be found. */
  readonly queriesPerClass: number;
  /** Pixels. */
  readonly side: number;
}

export type DrawnSetName = 'demo' | 'pretraining';

/**
 * `demo`: what `mdfe demo` trains and scores on. `pretraining`: what our own backbone learns from, which shares no class
 * and no drawing with it.
 */
export const DRAWN_SETS: { readonly [N in DrawnSetName]: DrawnSetPlan } = {
  demo: {
    domains: ['food', 'animals', 'landmarks', 'flags'],
    classesPerDomain: 60,
    minDrawings: 5,
    renderings: 1,
    heldOut: 0.4,
    queriesPerClass: 3,
    side: 128,
  },
  pretraining: {
    domains: DOMAIN_NAMES,
    classesPerDomain: 100,
    minDrawings: 5,
    without: 'demo',
    renderings: 3,
    heldOut: 0.1,
    queriesPerClass: 1,
    side: 96,
  },
};

/** The classes of a set with their drawings, in Unicode's order, and the licences of all drawings. */
export async function classesOf(plan: DrawnSetPlan): Promise<{ classes: DrawnClass[]; licences: Licence[] }> {
  const other = plan.without ? (await classesOf(DRAWN_SETS[plan.without])).classes : [];
  const names = new Set(other.map(({ name }) => name));
  const taken = new Set(other.flatMap(({ drawings }) => drawings.map(({ body }: Drawing) => body)));
  const { classes, licences } = await drawnClasses(new Set(plan.domains), plan.minDrawings, taken);
  const left = classes.filter(({ name }) => !names.has(name));
  return { classes: limit(left, plan.classesPerDomain), licences };
}

function limit(classes: readonly DrawnClass[], perDomain: number): DrawnClass[] {
  const seen = new Map<string, number>();
  return classes.filter(({ domain }) => {
    const n = (seen.get(domain) ?? 0) + 1;
    seen.set(domain, n);
    return perDomain === 0 || n <= perDomain;
  });
}
