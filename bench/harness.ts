// How a figure is made from rounds, and how a row of the table looks.
// From: the usual robust statistics (median, least squares of logarithms); ratios are of interleaved rounds.
// Does not promise: steadiness. The A/A rows say how far two equal things differ on this machine at this hour.

/** One figure of the table. `low` and `high` are the lowest and the highest round. */
export interface Row {
  name: string
  value: number
  low: number
  high: number
  /** What it must be and what it should be, as `<= 4` or `>= 0.75`; empty where nothing is demanded. */
  must: string
  goal: string
  /** Whether `value` is what it must be; null where nothing is demanded. */
  met: boolean | null
}

export interface Demand {
  atMost?: number
  atLeast?: number
  goal?: number
}

export interface BenchOptions {
  /** Small loads and few rounds: shows that everything runs, measures nothing. */
  quick: boolean
  /** Told what is being done, for whoever waits. */
  say: (line: string) => void
}

export type Family = (options: BenchOptions) => Promise<Row[]>

export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** The value below which `share` of them lie, by nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** The median of the rounds with their ends, held against what is demanded. */
export function row(name: string, rounds: readonly number[], demand: Demand = {}): Row {
  const value = median(rounds)
  const { atMost, atLeast, goal } = demand
  const sign = atLeast === undefined ? '<=' : '>='
  const must = atLeast ?? atMost
  return {
    name,
    value,
    low: Math.min(...rounds),
    high: Math.max(...rounds),
    must: must === undefined ? '' : `${sign} ${must}`,
    goal: goal === undefined ? '' : `${sign} ${goal}`,
    met: must === undefined ? null : atLeast === undefined ? value <= must : value >= must,
  }
}

/**
 * Runs the contenders in turn, `rounds` times, each round in the opposite order of the one before, so that what
 * drifts (heat, neighbours, a growing database) touches all alike. Returns each one's figures by round.
 */
export async function interleave<K extends string>(
  rounds: number,
  contenders: Readonly<Record<K, (round: number) => Promise<number>>>,
): Promise<Record<K, number[]>> {
  const names = Object.keys(contenders) as K[]
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed())
      figures[name].push(await contenders[name](round))
  }
  return figures
}

/** `above[i] / below[i]`: only figures of the same round are held against each other. */
export const ratios = (above: readonly number[], below: readonly number[]): number[] =>
  above.map((value, i) => value / below[i]!)

/** The k of `total = c · size^k` that fits best: the slope of the logarithms by least squares. */
export function exponent(points: readonly { size: number; total: number }[]): number {
  const logs = points.map(({ size, total }) => ({ x: Math.log(size), y: Math.log(total) }))
  const mean = (pick: (point: { x: number; y: number }) => number) =>
    logs.reduce((sum, point) => sum + pick(point), 0) / logs.length
  const [x, y] = [mean((p) => p.x), mean((p) => p.y)]
  const over = logs.reduce((sum, p) => sum + (p.x - x) * (p.y - y), 0)
  return over / logs.reduce((sum, p) => sum + (p.x - x) ** 2, 0)
}

const figure = (value: number): string => {
  if (!Number.isFinite(value)) return String(value)
  return Math.abs(value) >= 1000
    ? value.toFixed(0)
    : Math.abs(value) >= 10
      ? value.toFixed(1)
      : value.toFixed(3)
}

/** A row as a line for people. Rows of others may carry numbers where ours carry texts. */
export function line({ name, value, low, high, must, goal, met }: Row): string {
  const verdict = met === null ? '' : met ? 'met' : 'NOT MET'
  const range = low === high ? '' : `${figure(low)} … ${figure(high)}`
  return `${name.padEnd(62)} ${figure(value).padStart(9)} ${range.padStart(19)}  ${String(must).padEnd(8)} ${String(goal).padEnd(8)} ${verdict}`.trimEnd()
}

export const heading = `${''.padEnd(62)} ${'median'.padStart(9)} ${'low … high'.padStart(19)}  ${'must'.padEnd(8)} goal`
