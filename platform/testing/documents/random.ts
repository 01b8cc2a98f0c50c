/** A seeded stream of numbers in [0, 1) (mulberry32): the same seed gives the same documents on each machine. */
export interface Random {
  next(): number
  below(limit: number): number
  pick<T>(items: readonly T[]): T
  shuffle<T>(items: readonly T[]): T[]
}

export function seededRandom(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    pick: (items) => items[below(items.length)]!,
    shuffle: (items) => {
      const shuffled = [...items]
      for (let n = shuffled.length - 1; n > 0; n--) {
        const other = below(n + 1)
        ;[shuffled[n], shuffled[other]] = [shuffled[other]!, shuffled[n]!]
      }
      return shuffled
    },
  }
}
