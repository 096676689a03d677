import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What one measurement in a process of its own reports. */
export interface Measured {
  /** Median, milliseconds. */
  readonly ms: number;
  /** Peak resident memory of the process, MB; what the data alone takes is subtracted where there is some. */
  readonly mb?: number;
  /** Processor seconds per turn, milliseconds. */
  readonly cpuMs?: number;
}

const self = fileURLToPath(import.meta.url);

/** Runs `name` of this benchmark in a new process. */
export function inChild(name: string, args: readonly (string | number)[]): Measured {
  const output = execFileSync(process.execPath, [self, 'child', name, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(output.toString().trim().split('\n').at(-1)!) as Measured;
}

/** The same in Python, where MDFE_PYTHON names one; undefined where it lacks a package. */
export function inPython(name: string, args: readonly (string | number)[]): Measured | undefined {
  const python = process.env.MDFE_PYTHON;
  if (!python) return undefined;
  const script = fileURLToPath(new URL('../test/bench/kernels_python.py', import.meta.url));
  const output = execFileSync(python, [script, name, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // glibc gives freed pages back and faults them in again at every step: torch's default loses several times by it.
    env: {
      ...process.env,
      MALLOC_MMAP_MAX_: '0',
      MALLOC_TRIM_THRESHOLD_: '8000000000',
      MALLOC_TOP_PAD_: '268435456',
    },
  });
  return (JSON.parse(output.toString()) as Measured | null) ?? undefined;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** Median of `turns` after some that warm up. */
export async function measure(turns: number, warmUp: number, turn: () => unknown): Promise<Measured> {
  const ms: number[] = [];
  for (let i = 0; i < warmUp; i++) await turn();
  const cpu = process.cpuUsage();
  for (let i = 0; i < turns; i++) {
    const started = performance.now();
    await turn();
    ms.push(performance.now() - started);
  }
  const { user, system } = process.cpuUsage(cpu);
  return { ms: median(ms), cpuMs: (user + system) / 1000 / turns };
}

/** Peak resident memory of this process, MB. */
export function peakMb(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024;
  const kb = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kb) / 1024;
}

/** A table with aligned columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
    )
    .join('\n');
}

export const number = (value: number | undefined, digits = 1) => value?.toFixed(digits) ?? '-';
export const ratio = (ours: number, other: number | undefined) => (other ? (ours / other).toFixed(3) : '-');
