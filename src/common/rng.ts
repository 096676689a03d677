/**
 * Counter-based random numbers: the value at (seed, stream, counter) never depends on what was drawn before, so a
 * run that is resumed in the middle, or split over workers, draws the same numbers. splitmix32-style finaliser
 * (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014).
 */
export class Rng {
  private counter: number;
  private readonly key: number;

  /** @param seed any integer; @param stream words that separate independent uses of one seed */
  constructor(seed: number, ...stream: readonly (number | string)[]) {
    let key = mix32(seed ^ Math.floor(seed / 0x100000000));
    for (const word of stream) key = mix32(key ^ (typeof word === 'number' ? mix32(word) : hashString(word)));
    this.key = key;
    this.counter = 0;
  }

  /** Uniform unsigned 32-bit integer. */
  uint32(): number {
    this.counter = (this.counter + 0x9e3779b9) >>> 0;
    return mix32(mix32(this.counter ^ this.key) + this.key);
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(low = 0, high = 1): number {
    const bits = (this.uint32() >>> 5) * 0x4000000 + (this.uint32() >>> 6);
    return low + (high - low) * (bits / 0x20000000000000);
  }

  /** Fills with what as many calls of uniform would give, one after the other. */
  fillUniform(target: Float32Array<ArrayBufferLike>, low: number, high: number): void {
    const { key } = this;
    const span = high - low;
    let counter = this.counter;
    for (let i = 0; i < target.length; i++) {
      counter = (counter + 0x9e3779b9) | 0;
      const first = mix32(mix32(counter ^ key) + key) >>> 5;
      counter = (counter + 0x9e3779b9) | 0;
      const second = mix32(mix32(counter ^ key) + key) >>> 6;
      target[i] = low + span * ((first * 0x4000000 + second) / 0x20000000000000);
    }
    this.counter = counter >>> 0;
  }

  /** Uniform integer in [0, n), without modulo bias. */
  below(n: number): number {
    const limit = 0x100000000 - (0x100000000 % n);
    for (;;) {
      const x = this.uint32();
      if (x < limit) return x % n;
    }
  }

  /** Standard normal (Box and Muller, 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Fisher-Yates, in place. */
  shuffle<A extends { length: number; [index: number]: number }>(items: A): A {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const held = items[i]!;
      items[i] = items[j]!;
      items[j] = held;
    }
    return items;
  }
}

/** Bijective 32-bit mixer. */
export function mix32(x: number): number {
  let z = x >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

function hashString(text: string): number {
  let h = 2166136261; // FNV-1a
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  return mix32(h);
}
