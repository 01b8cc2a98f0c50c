import { readdir, readFile, readlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { ConfigError } from '#platform/config/config.ts'

/** Somebody else listens where we would: said before anything is started. */
export class PortTaken extends ConfigError {
  override name = 'PortTaken'
}

/** Throws `PortTaken`, with who has it where this computer tells. 0 is any free port. */
export async function requireFreePort(port: number): Promise<void> {
  if (port === 0) return
  const probe = createServer()
  try {
    await new Promise<void>((resolve, reject) =>
      probe.once('error', reject).listen({ host: '127.0.0.1', port }, resolve),
    )
  } catch (error) {
    throw await explainListening(error, port)
  }
  await new Promise((resolve) => probe.close(resolve))
}

/** The same for an error of `listen` itself, when someone was faster than our look. */
export async function explainListening(error: unknown, port: number): Promise<unknown> {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EACCES')
    return new PortTaken(`Port ${port} may not be used by this user. Give one above 1023 with --port.`, {
      cause: error,
    })
  if (code !== 'EADDRINUSE') return error
  const holder = await findListener(port).catch(() => null)
  return new PortTaken(
    `Port ${port} is taken by ${holder ?? 'another program'}. End it, or give another port with --port.`,
    { cause: error },
  )
}

/** Linux says in /proc which socket listens on a port and whose it is; elsewhere null. */
async function findListener(port: number): Promise<string | null> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6'])
    for (const line of (await readFile(table, 'utf8').catch(() => '')).split('\n')) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
      if (local?.endsWith(wanted) && state === '0A' && inode) inodes.add(`socket:[${inode}]`)
    }
  if (inodes.size === 0) return null
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const handles = await readdir(`/proc/${pid}/fd`).catch(() => [])
    for (const handle of handles)
      if (inodes.has(await readlink(`/proc/${pid}/fd/${handle}`).catch(() => ''))) {
        const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim()
        return `process ${pid}${name ? ` (${name})` : ''}`
      }
  }
  return null
}
