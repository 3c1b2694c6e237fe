import { fmix32, fnv1a } from '../router/hash.js';

/** Of all keys that were added, `has` is true; of others it may be: of one in a hundred once 800,000 were added. One MiB. */
export class KeyFilter {
  private readonly words = new Uint32Array(bits / 32);

  add(key: string): void {
    for (let probe = 0, { slot, step } = placeOf(key); probe < probes; probe += 1, slot += step) {
      const index = (slot >>> 5) % this.words.length;
      this.words[index] = this.words[index]! | (1 << (slot & 31));
    }
  }

  has(key: string): boolean {
    for (let probe = 0, { slot, step } = placeOf(key); probe < probes; probe += 1, slot += step)
      if ((this.words[(slot >>> 5) % this.words.length]! & (1 << (slot & 31))) === 0) return false;
    return true;
  }
}

const bits = 2 ** 23;
const probes = 6;

/** Two hashes give all places of a key (Kirsch and Mitzenmacher, 2006). */
function placeOf(key: string): { slot: number; step: number } {
  const hash = fnv1a(key);
  return { slot: fmix32(hash), step: (fmix32(hash ^ 0x9e3779b9) >>> 5) | 1 };
}
