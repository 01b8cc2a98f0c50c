// Rule: one dot an essay, in columns one dot wide; the largest dots whose highest column stays below the limit.
// From: the dot plots of Wilkinson 1999, "Dot Plots", The American Statistician 53(3).
// Not promised: a dot's exact place across; it moves by at most half its width, and its label has the exact value.

export interface Dot {
  /** Index of the value. */
  index: number
  /** Centre, in the unit of `width`, from the left and from the axis upwards. */
  x: number
  y: number
}

export interface Dots {
  diameter: number
  /** From left to right, then upwards. */
  dots: readonly Dot[]
  /** Upper edge of the highest column. */
  top: number
}

const diameters = [16, 14, 12, 10, 8, 7, 6, 5, 4, 3]

/** Places each value on a scale from `low` to `high` over `width`. */
export function placeDots(
  values: readonly number[],
  { low, high, width, tallest }: { low: number; high: number; width: number; tallest: number },
): Dots {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]! || a - b)
  const at = (index: number): number => ((values[index]! - low) / (high - low)) * width
  const stacked = (diameter: number): Dots => {
    const columns = new Map<number, number>()
    const dots = order.map((index): Dot => {
      const column = Math.round(at(index) / diameter)
      const below = columns.get(column) ?? 0
      columns.set(column, below + 1)
      return { index, x: column * diameter, y: (below + 0.5) * diameter }
    })
    return { diameter, dots, top: Math.max(0, ...columns.values()) * diameter }
  }
  let best = stacked(diameters[0]!)
  for (const diameter of diameters) {
    best = stacked(diameter)
    if (best.top <= tallest) return best
  }
  // Even the smallest do not fit: they are pressed together, and stay one for each essay.
  const press = tallest / best.top
  return { ...best, dots: best.dots.map((dot) => ({ ...dot, y: dot.y * press })), top: tallest }
}

/** Round numbers some five steps apart, none finer than `finest`; the first and the last enclose both ends. */
export function ticksBetween(low: number, high: number, finest: number): number[] {
  const wanted = Math.max(finest, (high - low) / 5)
  const power = 10 ** Math.floor(Math.log10(wanted))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= wanted * 0.999) ?? wanted
  const first = Math.floor(low / step)
  const last = Math.max(first + 1, Math.ceil(high / step))
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}
