import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws of one seeded generator (xoroshiro128+, D. Blackman and S. Vigna, 2018). */
export class Chance {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  /** Each stream of a seed, such as a vehicle's, is a generator of its own. */
  constructor(seed: number, stream: number) {
    // An odd multiplier spreads neighbouring streams over the 32 bits of a seed (D. E. Knuth, TAOCP 6.4).
    this.#generator = xoroshiro128plus((seed ^ Math.imul(stream + 1, 0x9e3779b1)) | 0);
  }

  /** Uniform in (0, 1). */
  uniform(): number {
    return (uniformInt(this.#generator, 0, 0xffff_ffff) + 0.5) / 2 ** 32;
  }

  /** Whether something of that probability happens. */
  happens(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** Standard normal (G. E. P. Box and M. E. Muller, 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Log-normal with that mean; sigma is of its logarithm. */
  logNormal(mean: number, sigma: number): number {
    return mean * Math.exp(sigma * this.normal() - (sigma * sigma) / 2);
  }

  /** One of a list, each as likely as its share says; the last one where they are less than 1. */
  shareOf<T extends { readonly share: number }>(list: readonly T[]): T {
    let left = this.uniform();
    for (const item of list) {
      left -= item.share;
      if (left <= 0) return item;
    }
    const last = list.at(-1);
    if (last === undefined) throw new RangeError('a list of shares has one at least');
    return last;
  }

  /** One of a list, each as likely. */
  oneOf<T>(list: readonly [T, ...T[]]): T {
    return list[Math.floor(this.uniform() * list.length)] ?? list[0];
  }
}
