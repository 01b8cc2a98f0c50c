// Rule: a large dot keeps its exact place and rises only as far as it must; small dots stand in columns one dot wide.
// From: the dot plots of Wilkinson 1999; the piling of large dots is that of a one-sided beeswarm.
// Not promised: that the height of a pile of large dots is a count; where they are crowded they fill each other's gaps.

/**
 * Heights of the centres above the axis, in the order of `places`; both in the unit of `diameter`.
 * `null` as soon as a dot would reach above `tallest`: of 1,000 dots most sizes fail within the first few piles.
 */
export function pile(places: readonly number[], diameter: number, tallest = Infinity): number[] | null {
  const heights: number[] = Array.from({ length: places.length }, () => 0)
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]! || a - b)
  let nearFrom = 0
  for (let position = 0; position < order.length; position++) {
    const place = places[order[position]!]!
    while (places[order[nearFrom]!]! <= place - diameter) nearFrom++
    const blocked: { from: number; to: number }[] = []
    for (let near = nearFrom; near < position; near++) {
      const across = place - places[order[near]!]!
      const reach = Math.sqrt(diameter * diameter - across * across)
      const height = heights[order[near]!]!
      blocked.push({ from: height - reach, to: height + reach })
    }
    blocked.sort((a, b) => a.from - b.from)
    let height = diameter / 2
    for (const { from, to } of blocked) if (from < height - 1e-9 && to > height + 1e-9) height = to
    if (height + diameter / 2 > tallest) return null
    heights[order[position]!] = height
  }
  return heights
}

interface Dots {
  diameter: number
  places: readonly number[]
  heights: readonly number[]
  /** Upper edge of the highest dot. */
  top: number
}

const topOf = (heights: readonly number[], diameter: number): number =>
  heights.reduce((top, height) => Math.max(top, height), 0) + diameter / 2

/** Dots in columns: each moves by at most half its own width. */
export function stack(places: readonly number[], diameter: number): Dots {
  const columns = new Map<number, number>()
  const heights: number[] = places.map(() => 0)
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]! || a - b)
  for (const index of order) {
    const column = Math.round(places[index]! / diameter)
    const below = columns.get(column) ?? 0
    heights[index] = diameter * (below + 0.5)
    columns.set(column, below + 1)
  }
  const snapped = places.map((place) => Math.round(place / diameter) * diameter)
  return { diameter, places: snapped, heights, top: topOf(heights, diameter) }
}

/**
 * The largest dots that stay below `tallest`: `exact` diameters keep their places, `stacked` ones stand in columns,
 * largest first. When none fits, the smallest are pressed together.
 */
export function fitDots(
  places: readonly number[],
  exact: readonly number[],
  stacked: readonly number[],
  tallest: number,
): Dots {
  for (const diameter of exact) {
    const heights = pile(places, diameter, tallest)
    if (heights) return { diameter, places, heights, top: topOf(heights, diameter) }
  }
  let dots = stack(places, stacked[0]!)
  for (const diameter of stacked.slice(1)) if (dots.top > tallest) dots = stack(places, diameter)
  if (dots.top <= tallest) return dots
  const press = tallest / dots.top
  return { ...dots, heights: dots.heights.map((height) => height * press), top: tallest }
}

/** Round numbers about five steps apart, none finer than `finest`; the first and the last enclose both ends. */
export function niceTicks(low: number, high: number, finest: number): number[] {
  const rough = Math.max(finest, (high - low) / 5)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999)!
  const first = Math.floor(low / step)
  const last = Math.max(first + 1, Math.ceil(high / step))
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}
