import { at, type Check } from './check.ts';

/** Data sets and files that are not where the configuration will look for them. */
export const dataOnDisk: Check = (input) => [...missingSets(input), ...missingDistribution(input)];

const missingSets: Check = (input) => {
  const { datasets: found, dataRoot } = input.machine ?? {};
  if (!found || dataRoot === undefined || !input.has('DATASET.names')) return [];
  return input.effective.DATASET.names.flatMap((name, i) => {
    const facts = found.get(input.datasets?.canonical(name) ?? name);
    if (facts?.state !== 'missing') return [];
    const item = `DATASET.names.${i}`;
    const where = facts.page ? `; it can be had from ${facts.page}` : '';
    return [
      at(
        input,
        input.has(item) ? item : 'DATASET.names',
        'config/dataset-missing',
        `${name} is not below ${dataRoot}: ${facts.what}${where}`,
        { expected: facts.expected },
      ),
    ];
  });
};

const DISTRIBUTION = 'DATASET.cls_dist_file';

const missingDistribution: Check = (input) => {
  const { MODEL, DATASET } = input.effective;
  if (MODEL.HEAD.name !== 'DynM-ArcFace' || !input.has(DISTRIBUTION)) return [];
  if (input.machine?.files?.get(DATASET.cls_dist_file) !== false) return [];
  return [
    at(
      input,
      DISTRIBUTION,
      'config/file-missing',
      `${DATASET.cls_dist_file} is not there; training counts the images of every class and writes it`,
    ),
  ];
};
