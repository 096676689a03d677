import type { OptionSpec } from './command.ts';

/** Of every command that runs a frozen backbone. */
export const PRECISION_OPTION = {
  type: 'string',
  value: 'PRECISION',
  help: 'how the frozen backbone computes: fp32 (default), fp16, or int8 for more speed on a CPU (docs/networks.md)',
} as const satisfies OptionSpec;
