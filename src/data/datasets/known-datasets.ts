import type { DatasetRegistry } from '../../config/registries.ts';
import { DATASETS } from './catalogue.ts';

/** The published sets and the user's own data, as the checks of a configuration and the editor ask for them. */
export const knownDatasets: DatasetRegistry = {
  names: DATASETS.map((set) => set.key),
  canonical: (name) => {
    if (/^(folder|csv):/.test(name)) return name;
    const wanted = name.toLowerCase();
    return DATASETS.find((set) => [set.key, ...set.aliases].some((known) => known.toLowerCase() === wanted))
      ?.key;
  },
  about: (name) => DATASETS.find((set) => set.key === name),
};
