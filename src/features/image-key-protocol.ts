import type { TextParts } from '../common/text-pool.ts';

/** Files to look up: their paths, with NUL between, in one text, which costs less to pass on than many. */
export interface KeyJob {
  readonly id: number;
  readonly paths: string;
}

export const PATH_END = '\0';

/** Their keys; or why looking failed. */
export type KeyReply =
  | { readonly id: number; readonly keys: TextParts }
  | { readonly id: number; readonly error: Error };
