/** Keeps MDFE off the network altogether; HF_HUB_OFFLINE does so for the weights alone. */
export const OFFLINE_VARIABLE = 'MDFE_OFFLINE';

export function isOffline(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return isSwitchedOn(env[OFFLINE_VARIABLE]);
}

/** A variable of the environment that is a switch. */
export const isSwitchedOn = (value: string | undefined): boolean => /^(1|on|yes|true)$/i.test(value ?? '');
