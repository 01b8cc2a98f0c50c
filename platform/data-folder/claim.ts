import { randomUUID } from 'node:crypto'
import { link, open, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { syncFolder, writeDurably } from '#platform/database/durable.ts'
import { codeOf } from '#platform/database/trouble.ts'
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts'

/**
 * Who has the folder. Claims are numbered files; the highest counts. The next is made as a hard link, which only
 * one process can do, and the highest is never removed: a release empties it. So a slow process that still
 * believes in an older state cannot make a number that counts.
 */
export interface Claim {
  release(): Promise<void>
}

const heartbeat = 2000
/** A claim whose process we cannot see counts while its file is touched. */
const patience = 3 * heartbeat

const numbersIn = async (folder: string): Promise<number[]> =>
  (await readdir(folder))
    .map((name) => Number(/^claim-(\d+)$/.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => b - a)

const fileOf = (folder: string, number: number) => join(folder, `claim-${number}`)

/** The process that has the folder, or null. */
export async function findHolder(folder: string): Promise<ProcessIdentity | null> {
  const [highest] = await numbersIn(folder)
  return highest === undefined ? null : holderOf(fileOf(folder, highest))
}

async function holderOf(file: string): Promise<ProcessIdentity | null> {
  const text = await readFile(file, 'utf8').catch(() => '')
  if (text === '') return null
  const identity = JSON.parse(text) as ProcessIdentity
  const running = await isRunning(identity)
  if (running !== 'unknown') return running ? identity : null
  const touched = async () => (await stat(file).catch(() => null))?.mtimeMs
  const before = await touched()
  for (const end = performance.now() + patience; performance.now() < end; await sleep(100)) {
    if ((await touched()) !== before) return identity
  }
  return null
}

/** Claims the folder, or returns null when another process has it. */
export async function claim(folder: string): Promise<Claim | null> {
  const [highest = 0] = await numbersIn(folder)
  if (highest > 0 && (await holderOf(fileOf(folder, highest))) !== null) return null
  const number = highest + 1
  const file = fileOf(folder, number)
  const written = join(folder, `claim.${randomUUID()}`)
  const handle = await open(written, 'wx', 0o600)
  await handle.writeFile(JSON.stringify(await ownIdentity()))
  await handle.sync()
  await handle.close()
  try {
    await link(written, file)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return null
    throw error
  } finally {
    await rm(written, { force: true })
  }
  const now = await numbersIn(folder)
  if (now[0] !== number) {
    await rm(file, { force: true })
    return null
  }
  for (const older of now.slice(1)) await rm(fileOf(folder, older), { force: true })
  await syncFolder(folder)
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), heartbeat)
  beat.unref()
  return {
    async release() {
      clearInterval(beat)
      // Empty, not gone: the number stays taken.
      await writeDurably(file, '')
    },
  }
}
