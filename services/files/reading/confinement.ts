/**
 * How a reading process is kept in: no network device, no files, no processes, no core dump, a ceiling on memory.
 * From: unshare(1) and prlimit(1) of util-linux where they work; Node's permission model everywhere.
 * Does not promise: a network namespace outside Linux, or where user namespaces are forbidden; see `describe`.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { ReadingLimits } from './reading.ts'

const run = promisify(execFile)

export interface Confinement {
  /** Words in front of the command; each replaces itself by the next, so the process keeps its id. */
  prefix: string[]
  network: 'own namespace' | 'switched off inside the process only'
  limits: 'kernel' | 'watched'
}

const works = (command: string[]) =>
  run(command[0]!, [...command.slice(1), process.execPath, '--version'], { timeout: 5_000 }).then(
    () => true,
    () => false,
  )

async function probe(limits: ReadingLimits): Promise<Confinement> {
  if (process.platform !== 'linux')
    return { prefix: [], network: 'switched off inside the process only', limits: 'watched' }
  // Node reserves 0.55 GB of address space that it never touches; --data counts it.
  const data = 640 * 1024 * 1024 + limits.memoryBytes * 2
  const kernel = ['prlimit', '--core=0', '--fsize=0', '--nofile=64', `--data=${data}`]
  const root = ['unshare', '--net', '--ipc']
  const user = ['unshare', '--user', '--map-root-user', '--net', '--ipc']
  const [kernelWorks, rootWorks] = await Promise.all([works(kernel), works(root)])
  const own = rootWorks ? root : (await works(user)) ? user : []
  return {
    prefix: [...(kernelWorks ? kernel : []), ...own],
    network: own.length > 0 ? 'own namespace' : 'switched off inside the process only',
    limits: kernelWorks ? 'kernel' : 'watched',
  }
}

const probed = new Map<number, Promise<Confinement>>()

export function confinement(limits: ReadingLimits): Promise<Confinement> {
  let found = probed.get(limits.memoryBytes)
  if (!found) probed.set(limits.memoryBytes, (found = probe(limits)))
  return found
}

/** Flags of the process itself. Sizes in MB; the heap's end comes before the watcher's. */
export function nodeFlags(limits: ReadingLimits, readable: string[]): string[] {
  const heap = Math.max(32, Math.floor((limits.memoryBytes / (1024 * 1024)) * 0.75))
  return [
    '--permission',
    ...readable.map((folder) => `--allow-fs-read=${folder}`),
    `--max-old-space-size=${heap}`,
    '--v8-pool-size=0',
    // After pdfs 43 MB instead of 77, at the same computing time.
    '--max-semi-space-size=1',
    '--optimize-for-size',
    '--disallow-code-generation-from-strings',
    '--no-addons',
    '--no-warnings',
    '--input-type=module',
  ]
}
