import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { findPostmaster, stopPostmaster } from '#platform/database/postmaster.ts'
import { testFolderPrefix } from './test-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where this run's shared server lives; the first test that wants a database starts it. */
    testFolder: string
  }
}

/** Gives the run a folder for its shared server, and takes both away at its end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweep()
  const folder = await mkdtemp(`${testFolderPrefix}${process.pid}-`)
  project.provide('testFolder', folder)
  return () => clear(folder)
}

async function clear(folder: string): Promise<void> {
  const cluster = join(await realpath(folder), 'postgres')
  const running = await findPostmaster(cluster)
  if (running) await stopPostmaster(cluster, running.pid)
  await rm(folder, { recursive: true, force: true })
}

/** What runs that were killed have left behind: servers and folders whose process is gone. */
async function sweep(): Promise<void> {
  for (const name of await readdir(dirname(testFolderPrefix))) {
    const pid = Number(/^assay-test-(\d+)-/.exec(name)?.[1] ?? 0)
    if (pid === 0 || !name.startsWith(basename(testFolderPrefix)) || isRunning(pid)) continue
    await clear(join(dirname(testFolderPrefix), name)).catch(() => {})
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}
