import { describe, expect, it } from 'vitest';
import { nodeRow } from './doctor.ts';
import { startProvider } from './frozen.ts';
import { EngineUnavailable } from './names.ts';

describe('nodeRow', () => {
  it('accepts Node 20 and newer, and says what to do below', () => {
    expect(nodeRow('20.0.0').status).toBe('ok');
    expect(nodeRow('24.1.0').status).toBe('ok');
    expect(nodeRow('18.19.0')).toMatchObject({ status: 'problem', todo: expect.stringContaining('newer') });
  });
});

describe('startProvider', () => {
  it('computes on the CPU', async () => {
    expect((await startProvider('cpu')).device).toMatch(/thread/);
  });

  it('says when a provider is not there', async () => {
    await expect(startProvider('no-such-provider')).rejects.toThrow(EngineUnavailable);
  });
});
