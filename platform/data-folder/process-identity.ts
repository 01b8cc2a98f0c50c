import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { promisify } from 'node:util'

/**
 * One process and no other: a number is used again, but not with the same start. `boot` and `namespace` say where
 * the number means something.
 */
export interface ProcessIdentity {
  pid: number
  start: string
  host: string
  boot: string
  namespace: string
}

/** When a process started, in whatever unit this system has; null when none of that number runs. */
async function startOf(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
    if (text === null) return null
    // Behind the name, which may hold anything: the state is the first field, the start the twentieth.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null)
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }))
  return stdout.trim() || null
}

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | null = null
  return () => (made ??= make())
}

export const ownIdentity = once(async (): Promise<ProcessIdentity> => ({
  pid: process.pid,
  start: (await startOf(process.pid)) ?? '',
  host: hostname(),
  boot: await readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => '',
  ),
  namespace: await readlink('/proc/self/ns/pid').catch(() => ''),
}))

/** Whether it runs; `unknown` when it would run where our numbers mean nothing (another container or machine). */
export async function isRunning(other: ProcessIdentity): Promise<boolean | 'unknown'> {
  const own = await ownIdentity()
  if (other.host === own.host && other.boot !== own.boot) return false
  if (other.host !== own.host || other.namespace !== own.namespace) return 'unknown'
  return (await startOf(other.pid)) === other.start
}
