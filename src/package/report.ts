import { CHALLENGE_LIMIT } from '../config/checks/embedding-dim.ts';
import type { Package } from './bundle.ts';
import { UNKNOWN_USER } from './kaggle/metadata.ts';

/** What `mdfe package --json` and `mdfe zero-shot --json` print. */
export interface PackageReport extends Package {
  /** What the user should know before using it. */
  readonly warnings: readonly string[];
}

export function reportPackage(written: Package): PackageReport {
  const { manifest, kaggle } = written;
  const warnings: string[] = [];
  if (kaggle && !kaggle.userKnown)
    warnings.push(
      `your name on Kaggle is not known: put it in the place of ${UNKNOWN_USER} in kernel-metadata.json and ` +
        'dataset/dataset-metadata.json, or set KAGGLE_USERNAME and package again with --force',
    );
  if (kaggle && manifest.embeddingDim > CHALLENGE_LIMIT)
    warnings.push(
      `the embedding has ${manifest.embeddingDim} numbers; the Kaggle challenge takes at most ${CHALLENGE_LIMIT}`,
    );
  return { ...written, warnings };
}
