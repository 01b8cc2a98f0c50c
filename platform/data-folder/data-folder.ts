import { randomBytes, randomUUID } from 'node:crypto'
import { link, open, readFile, realpath, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolderDurably, syncFolder, writeDurably } from '#platform/database/durable.ts'
import { codeOf, messageOf, Trouble } from '#platform/database/trouble.ts'
import { type Claim, claim, findHolder } from './claim.ts'
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts'

/** The running program, as `server.json` gives it. */
export interface RunningServer {
  pid: number
  /** ISO 8601. */
  startedAt: string
  /** Of HTTP. */
  port: number
  /** For a browser: `http://127.0.0.1:<port>`. */
  url: string
  /** The addresses of its database; the folder's permissions are what guards them. */
  database: { ownerUrl: string; appUrl: string }
}

export interface DataFolder {
  /** Absolute, links resolved. */
  path: string
  installationId: string
  ownerToken: string
  /** Signs cookies and encrypts keys, where no other secret is given. */
  authSecret: string
  /** The program that serves the folder, or null: what a killed one left behind does not count. */
  readServer(): Promise<RunningServer | null>
  /** The process that has the folder: a server, one that is starting, or a command; null for nobody. */
  findHolder(): Promise<number | null>
  /**
   * Makes this process the folder's only owner; false when another is. With `waitMilliseconds` it waits for a
   * command to finish, but not for a server, which is known by its `server.json`.
   */
  claim(options?: { waitMilliseconds?: number }): Promise<boolean>
  /** For the owner only: makes known where the program answers. */
  announce(server: Pick<RunningServer, 'port' | 'url' | 'database'>): Promise<void>
  /** Takes back the announcement and the claim. */
  release(): Promise<void>
}

type Announcement = RunningServer & { process: ProcessIdentity }

/** Opens the folder and makes what is missing of it; several processes may do so at once. */
export async function openDataFolder(path: string): Promise<DataFolder> {
  try {
    // Root's database may have to run as nobody, who must be able to pass; see the README.
    await makeFolderDurably(resolve(path), process.getuid?.() === 0 ? 0o711 : 0o700)
    const folder = await realpath(path)
    const installationId = await readOrMake(join(folder, 'installation-id'), randomUUID)
    const ownerToken = await readOrMake(join(folder, 'owner-token'), () =>
      randomBytes(32).toString('base64url'),
    )
    const authSecret = await readOrMake(join(folder, 'auth-secret'), () =>
      randomBytes(48).toString('base64url'),
    )
    return folderAt(folder, { installationId, ownerToken, authSecret })
  } catch (error) {
    throw troubleOf(path, error)
  }
}

function folderAt(
  path: string,
  kept: Pick<DataFolder, 'installationId' | 'ownerToken' | 'authSecret'>,
): DataFolder {
  const announcement = join(path, 'server.json')
  let own: Claim | null = null

  async function readServer(): Promise<RunningServer | null> {
    const text = await readFile(announcement, 'utf8').catch(() => null)
    if (text === null) return null
    const { process: identity, ...server } = JSON.parse(text) as Announcement
    const running = await isRunning(identity)
    if (running === false) return null
    // One that we cannot see is there as long as its claim is kept up.
    if (running === 'unknown' && (await findHolder(path)) === null) return null
    return server
  }

  return {
    path,
    ...kept,
    readServer,
    findHolder: async () => (await findHolder(path))?.pid ?? null,
    async claim({ waitMilliseconds = 0 } = {}) {
      if (own) return true
      const end = performance.now() + waitMilliseconds
      for (;;) {
        own = await claim(path).catch((error: unknown) => {
          throw troubleOf(path, error)
        })
        if (own) {
          // What a killed owner announced.
          await rm(announcement, { force: true })
          return true
        }
        if (performance.now() >= end || (await readServer()) !== null) return false
        await sleep(50)
      }
    },
    async announce(server) {
      if (!own) throw new Error('announce without a claim')
      const identity = await ownIdentity()
      const all: Announcement = {
        pid: process.pid,
        startedAt: new Date().toISOString(),
        ...server,
        process: identity,
      }
      await writeDurably(announcement, `${JSON.stringify(all, null, 2)}\n`)
    },
    async release() {
      if (!own) return
      await rm(announcement, { force: true })
      await syncFolder(path)
      await own.release()
      own = null
    },
  }
}

/** Reads a file that is written once in a folder's life; of several processes that find it missing one writes it. */
async function readOrMake(path: string, make: () => string): Promise<string> {
  const read = async () => (await readFile(path, 'utf8')).trim()
  try {
    return await read()
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  const written = `${path}.${randomUUID()}`
  const handle = await open(written, 'wx', 0o600)
  try {
    await handle.writeFile(make())
    await handle.sync()
    await link(written, path)
    await syncFolder(resolve(path, '..'))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await handle.close()
    await rm(written, { force: true })
  }
  return read()
}

const remedies: Record<string, string> = {
  EACCES: 'Start the program as the user who owns the folder, or give another with --data.',
  EPERM: 'Start the program as the user who owns the folder, or give another with --data.',
  EROFS: 'The disk is read-only: give a folder on another with --data.',
  ENOSPC: 'Make room on that disk and start again.',
  EDQUOT: 'Make room within your quota and start again.',
  ENOTDIR: 'Something on the way is a file: give a folder with --data.',
  EEXIST: 'Something on the way is a file: give a folder with --data.',
}

function troubleOf(path: string, error: unknown): Trouble {
  if (error instanceof Trouble) return error
  const remedy = remedies[codeOf(error) ?? ''] ?? 'Give another folder with --data.'
  return new Trouble(`The data folder ${resolve(path)} cannot be used.`, messageOf(error), remedy, error)
}
