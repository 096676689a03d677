import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import {
  cannotStart,
  evaluateArguments,
  resumeArguments,
  trainArguments,
  trainerCommand,
} from './trainer-command.ts';

const settings = {
  device: 'cuda:0',
  precision: 'fp32',
  outputDir: '/w/results',
  cacheDir: undefined,
  backboneWeights: undefined,
  threads: 0,
};

describe('trainer command', () => {
  it('passes paths with spaces and shell characters as they are', () => {
    const args = trainArguments('/w/a b/$(x).yaml', '/data dir', settings);
    expect(args.slice(0, 3)).toEqual(['train', '/w/a b/$(x).yaml', '/data dir']);
  });
  it('adds optional settings only where they are set', () => {
    expect(trainArguments('c', 'd', settings)).not.toContain('--threads');
    expect(trainArguments('c', 'd', settings)).not.toContain('--precision');
    const given = { ...settings, cacheDir: '/cache', threads: 4, precision: 'int8' };
    const args = trainArguments('c', 'd', given);
    expect(args.slice(-6)).toEqual(['--cache-dir', '/cache', '--threads', '4', '--precision', 'int8']);
  });
  it('trains a sweep with the options of a run', () => {
    const [command, ...rest] = trainArguments('c', 'd', settings, 'sweep');
    expect([command, rest]).toEqual(['sweep', trainArguments('c', 'd', settings).slice(1)]);
    expect(resumeArguments('/w/results/s', 'sweep')).toEqual(['sweep', '--resume', '/w/results/s', '--json']);
  });
  it('evaluates a run by its own options, a configuration by the settings', () => {
    expect(evaluateArguments('/r', '/d')).toEqual(['evaluate', '/r', '/d', '--json-progress']);
    expect(evaluateArguments('c', '/d', { ...settings, threads: 2 }).slice(4)).toEqual([
      '--device',
      'cuda:0',
      '--threads',
      '2',
    ]);
  });
  it('resumes by run folder', () => {
    expect(resumeArguments('/w/results/r')).toEqual(['train', '--resume', '/w/results/r', '--json']);
    expect(resumeArguments('/r', 'train', { dataDir: '/d', skipBadImages: true })).toEqual([
      'train',
      '/d',
      '--resume',
      '/r',
      '--json',
      '--skip-bad-images',
    ]);
    expect(resumeArguments('/r', 'train', { backboneWeights: '/w' }).slice(-2)).toEqual([
      '--backbone-weights',
      '/w',
    ]);
  });
  it("runs the editor's own Node when none is named, without the editor's variables", () => {
    const env = { PATH: '/bin', UV_THREADPOOL_SIZE: '7', VSCODE_PID: '1', ELECTRON_NO_ASAR: '1' };
    const own = trainerCommand({ script: '/x/cli.mjs', nodePath: '' }, ['doctor'], '/editor', env);
    expect(own).toEqual({
      program: '/editor',
      args: ['/x/cli.mjs', 'doctor'],
      env: { PATH: '/bin', UV_THREADPOOL_SIZE: '7', ELECTRON_RUN_AS_NODE: '1' },
    });
    const other = trainerCommand({ script: '/x/cli.mjs', nodePath: '/node' }, [], '/editor', env);
    expect(other.program).toBe('/node');
    expect(other.cwd).toBeUndefined();
    expect(other.env).toEqual({ PATH: '/bin', UV_THREADPOOL_SIZE: '7' });
  });
  it('runs where relative paths of the configuration count from', () => {
    const program = { script: '/x/cli.mjs', nodePath: '', cwd: '/w' };
    expect(trainerCommand(program, [], '/editor', {}).cwd).toBe('/w');
  });
  it('gives the trainer as many threads for decoding as there are cores, four at least', () => {
    const { env } = trainerCommand({ script: '/x/cli.mjs', nodePath: '' }, [], '/editor', {});
    expect(Number(env.UV_THREADPOOL_SIZE)).toBe(Math.max(4, availableParallelism()));
  });
});

it('says which setting names a program that cannot be started', () => {
  const error = new Error('spawn ENOENT');
  expect(cannotStart('/no/node', error)).toMatch(
    /^\/no\/node cannot be started: spawn ENOENT\n.*mdfe\.nodePath$/,
  );
  expect(cannotStart(process.execPath, error)).not.toContain('mdfe.nodePath');
});
