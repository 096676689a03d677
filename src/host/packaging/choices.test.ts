import { describe, expect, it } from 'vitest';
import { checkpointChoices, FORMATS, packageArguments, zeroShotArguments } from './choices.ts';

const saved = (epoch: number, reason: 'schedule' | 'end' | 'best' = 'schedule') => ({
  file: `checkpoints/run_${reason === 'best' ? 'best' : `epoch${epoch}`}.safetensors`,
  epoch,
  reason,
});
const there = () => true;

describe('the checkpoints to choose from', () => {
  it('are the best, the last, and one of each epoch', () => {
    const checkpoints = [saved(2), saved(3, 'best'), saved(4), saved(4, 'end')];
    const record = { bestCheckpoint: checkpoints[1]!.file, lastCheckpoint: checkpoints[3]!.file };
    expect(checkpointChoices(record, checkpoints, there)).toEqual([
      { label: 'Best', description: 'epoch 3', epoch: 'best' },
      { label: 'Last', description: 'epoch 4', epoch: 'last' },
      { label: 'Epoch 4', description: '', epoch: '4' },
      { label: 'Epoch 2', description: '', epoch: '2' },
    ]);
  });

  it('are those whose files are there', () => {
    const checkpoints = [saved(2), saved(4)];
    const record = { lastCheckpoint: checkpoints[1]!.file };
    expect(checkpointChoices(record, checkpoints, (file) => file.includes('epoch2'))).toMatchObject([
      { epoch: '2' },
    ]);
    expect(checkpointChoices({}, [], there)).toEqual([]);
  });

  it('are one where there is nothing to choose', () => {
    const [only] = [saved(12, 'end')];
    expect(checkpointChoices({ lastCheckpoint: only.file }, [only], there)).toMatchObject([
      { epoch: 'last' },
    ]);
  });
});

describe('the command line', () => {
  const reporting = ['--json', '--json-progress'];

  it.each([
    ['PyTorch', []],
    ['PyTorch, half the size', ['--half']],
    ['ONNX', ['--format', 'onnx']],
    ['ONNX, half the size', ['--format', 'onnx', '--half']],
  ])('packages for %s', (label, options) => {
    const format = FORMATS.find((f) => f.label === label)!;
    expect(packageArguments('/results/run', { epoch: 'best' }, format)).toEqual([
      ...['package', '/results/run', '--epoch', 'best'],
      ...options,
      ...reporting,
    ]);
  });

  it('makes a zero-shot model beside the runs, and uploads nothing', () => {
    const settings = { outputDir: '/results', backboneWeights: '/w.safetensors' };
    expect(zeroShotArguments('/c.yaml', settings, FORMATS[0]!)).toEqual([
      ...['zero-shot', '/c.yaml', '--output', '/results/zero_shot_models', '--no-upload'],
      ...['--backbone-weights', '/w.safetensors'],
      ...reporting,
    ]);
  });
});
