import { nearest } from '../../common/suggest.ts';
import { at, type Check } from './check.ts';

/** Unknown data sets and sets that are named twice. */
export const datasets: Check = (input) => {
  const registry = input.datasets;
  const problems = [];
  const seen = new Map<string, string>();
  for (const name of input.effective.DATASET.names) {
    const canonical = registry ? registry.canonical(name) : name;
    if (canonical === undefined) {
      const suggestion = nearest(name, registry?.names ?? []);
      problems.push(
        at(
          input,
          'DATASET.names',
          'config/dataset',
          `there is no data set ${name}${suggestion ? `; did you mean ${suggestion}?` : ''}`,
          {
            expected: `some of ${registry?.names.join(', ')}, folder:PATH or csv:FILE`,
            got: name,
            ...(suggestion !== undefined && { suggestion }),
          },
        ),
      );
      continue;
    }
    const before = seen.get(canonical);
    if (before !== undefined)
      problems.push(
        at(
          input,
          'DATASET.names',
          'config/dataset-twice',
          `${name} is named twice: its classes would count as different ones`,
        ),
      );
    seen.set(canonical, name);
  }
  return problems;
};
