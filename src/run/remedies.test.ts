import { describe, expect, it } from 'vitest';
import { isRemedy, remediesFor } from './remedies.ts';

const here = { dataDir: '/data', outputDir: '/w/results' };

describe('remedies of a failure', () => {
  it.each([
    ['error: /w/c.yaml: the configuration has 1 error\nc.yaml:9:15: error: no key x', ['openPlace']],
    [
      'error: /w/c.yaml: the configuration has 2 errors\nc.yaml:9:15: error: x',
      ['openPlace', 'showProblems'],
    ],
    [
      '/data: 3 images are missing or damaged:\n  a.jpg: x\n  to do:    --skip-bad-images',
      ['leaveOutImages'],
    ],
    ['error: /data: the data folder does not exist', ['chooseData']],
    ['error: no weights\n  to do:    --backbone-weights FILE', ['chooseWeights']],
    ['/bin/ls: this is not Node\n  to do:    correct the setting mdfe.nodePath', ['openNodeSetting']],
    ['error: --device cuda: the device cannot be used', ['openDeviceSetting']],
    ['/w/results/run: the disk is full', ['openOutputSetting']],
    ['/w/results/run: the loss of step 3 is NaN', []],
    ['', []],
  ])('%j: %j', (message, remedies) => {
    expect(remediesFor(message, here)).toEqual(remedies);
  });
  it('are known by name', () => {
    expect(isRemedy('chooseData')).toBe(true);
    expect(isRemedy('toString')).toBe(false);
  });
});
