import { nearest } from '../../common/suggest.ts';
import { at, type Check } from './check.ts';

/** Unknown data sets and sets that are named twice. */
export const datasets: Check = (input) => {
  const registry = input.datasets;
  const problems = [];
  const seen = new Map<string, string>(); // places by canonical name
  for (const [i, name] of input.effective.DATASET.names.entries()) {
    const item = `DATASET.names.${i}`;
    const place = input.has(item) ? item : 'DATASET.names';
    const canonical = registry ? registry.canonical(name) : name;
    if (canonical === undefined) {
      const suggestion = nearest(name, registry?.names ?? []);
      problems.push(
        at(
          input,
          place,
          'config/dataset',
          `there is no data set ${name}${suggestion ? `; did you mean ${suggestion}?` : ''}`,
          {
            expected: `some of ${registry?.names.join(', ')}, folder:PATH or csv:FILE`,
            got: name,
            ...(suggestion !== undefined && place === item && { suggestion }),
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
          place,
          'config/dataset-twice',
          `${name} is named twice: its classes would count as different ones`,
          { related: [before] },
        ),
      );
    seen.set(canonical, before ?? place);
  }
  return problems;
};
