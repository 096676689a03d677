import { describe, expect, it } from 'vitest';
import { nodeRow } from './doctor.ts';
import { startProvider } from './frozen.ts';
import { EngineUnavailable } from './names.ts';

describe('nodeRow', () => {
  it('accepts what package.json accepts, and says what to do below', () => {
    expect(nodeRow('20.18.1').status).toBe('ok');
    expect(nodeRow('20.18.0').status).toBe('problem');
    expect(nodeRow('24.1.0').status).toBe('ok');
    expect(nodeRow('18.19.0')).toMatchObject({ status: 'problem', todo: expect.stringContaining('newer') });
  });
});

describe('startProvider', () => {
  it('computes on the CPU', async () => {
    expect((await startProvider('cpu')).device).toMatch(/thread/);
  });

  it('says when a provider is not there', async () => {
    const elsewhere = process.platform === 'darwin' ? 'dml' : 'coreml';
    await expect(startProvider(elsewhere)).rejects.toThrow(EngineUnavailable);
  });

  it('refuses half precision where it cannot be switched on', async () => {
    await expect(startProvider('tensorrt', { half: true })).rejects.toMatchObject({
      message: expect.stringContaining('half precision'),
      todo: expect.stringContaining('--device cuda'),
    });
  });
});
