// What a program costs, with all it started: CPU seconds and memory from /proc. Linux only.
import { readdirSync, readFileSync } from 'node:fs'

/** /proc counts CPU in hundredths of a second, on every Linux that Node runs on. */
const ticksPerSecond = 100

interface Stat {
  pid: number
  parent: number
  /** Seconds, with those of children that have ended and were waited for. */
  cpu: number
}

function readStat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0)
    return { pid, parent: Number(fields[1]), cpu: ticks / ticksPerSecond }
  } catch {
    // It ended between the listing and the look.
    return null
  }
}

/** The process and everything below it: readers, the postmaster, its servers. */
export function tree(root: number): Stat[] {
  const all = readdirSync('/proc').flatMap((name) =>
    /^\d+$/.test(name) ? (readStat(Number(name)) ?? []) : [],
  )
  const below = Map.groupBy(all, (each) => each.parent)
  const found: Stat[] = all.filter((each) => each.pid === root)
  for (let at = 0; at < found.length; at++) found.push(...(below.get(found[at]!.pid) ?? []))
  return found
}

/** CPU seconds of a program since its start. What a process used before it ended is in its parent's account. */
export const cpuSeconds = (root: number): number => tree(root).reduce((sum, each) => sum + each.cpu, 0)

/** Proportional set size in bytes: a page shared by n processes counts an nth in each. */
function pssOf(pid: number): number {
  try {
    return (
      Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0) * 1024
    )
  } catch {
    return 0
  }
}

export const pss = (root: number): number => tree(root).reduce((sum, each) => sum + pssOf(each.pid), 0)

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}

const MB = 1024 * 1024

/** Memory by kind of process, in MB: for whoever wants to know where it is. */
export function pssByKind(root: number): Record<string, number> {
  const kinds: Record<string, number> = {}
  for (const { pid } of tree(root)) {
    const command = commandOf(pid)
    const kind =
      pid === root
        ? 'server'
        : command.startsWith('postgres') || command.includes('/bin/postgres')
          ? 'database'
          : 'readers'
    kinds[kind] = (kinds[kind] ?? 0) + pssOf(pid) / MB
  }
  return kinds
}

/** Looks at the memory of a program ten times a second until told to stop; gives its peak in MB. */
export function watchMemory(
  root: number,
  everyMs = 100,
): () => { peak: number; byKind: Record<string, number> } {
  let peak = 0
  let byKind: Record<string, number> = {}
  const look = () => {
    const now = pss(root) / MB
    if (now > peak) {
      peak = now
      byKind = pssByKind(root)
    }
  }
  look()
  const timer = setInterval(look, everyMs)
  return () => {
    clearInterval(timer)
    look()
    return { peak, byKind }
  }
}
