/** Seconds for people: `8 s`, `3 min 05 s`, `2 h 07 min`, `1 d 4 h`; empty when not known. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '';
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  const two = (n: number) => String(n).padStart(2, '0');
  if (s < 3600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** The same, where below ten seconds a decimal or two are worth showing: `0.45 s`. */
export function formatShortDuration(seconds: number): string {
  return seconds >= 0 && seconds < 10 ? `${Number(seconds.toPrecision(2))} s` : formatDuration(seconds);
}
