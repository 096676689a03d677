import { CHALLENGE_LIMIT } from '../config/checks/embedding-dim.ts';
import type { Package } from './bundle.ts';
import { UNKNOWN_USER } from './kaggle/metadata.ts';

/** What `mdfe package --json` and `mdfe zero-shot --json` print. */
export interface PackageReport extends Package {
  readonly warnings: readonly PackageWarning[];
}

/** What the user should know before using a package. */
export interface PackageWarning {
  readonly code: 'kaggle/user-unknown' | 'kaggle/embedding-dim';
  readonly text: string;
}

export function reportPackage(written: Package): PackageReport {
  const { manifest, kaggle } = written;
  const warnings: PackageWarning[] = [];
  if (kaggle && !kaggle.userKnown)
    warnings.push({
      code: 'kaggle/user-unknown',
      text:
        `your name on Kaggle is not known: put it in the place of ${UNKNOWN_USER} in kernel-metadata.json and ` +
        'dataset/dataset-metadata.json, or set KAGGLE_USERNAME and package again with --force',
    });
  if (kaggle && manifest.embeddingDim > CHALLENGE_LIMIT)
    warnings.push({
      code: 'kaggle/embedding-dim',
      text: `the embedding has ${manifest.embeddingDim} numbers; the Kaggle challenge takes at most ${CHALLENGE_LIMIT}`,
    });
  return { ...written, warnings };
}
