/**
 * How a frozen backbone computes. `fp32`: as published. `fp16`: weights and values in half precision where the provider
 * has it. `int8`: matrix products on 8-bit weights (one scale for each output) and 8-bit values (one scale for each
 * image and layer), on a CPU.
 */
export const PRECISIONS = ['fp32', 'fp16', 'int8'] as const;
export type Precision = (typeof PRECISIONS)[number];
