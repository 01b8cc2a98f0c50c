import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, cp, lstat, mkdir, readFile, realpath, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'
import { Trouble } from './trouble.ts'

const run = promisify(execFile)

/**
 * How to run a program of PostgreSQL, which refuses to be root. As an ordinary user: as it is. As root, in this
 * order:
 * 1. in a user namespace whose uid 1000 is root outside: works in any folder root owns, below a 0700 parent
 *    too, and every file stays root's; needs `unshare` of util-linux and a kernel that allows it;
 * 2. as `nobody`, the cluster in its place, where every folder above it lets others pass;
 * 3. as `nobody`, the cluster in a folder of its own under /var/lib/assay, a link in its place.
 * No mode of a folder that we did not make is ever changed.
 */
export interface Runner {
  kind: 'as-is' | 'user-namespace' | 'nobody'
  binaries: Binaries
  command(program: string, args: string[]): { file: string; args: string[]; uid?: number; gid?: number }
  /** Makes a folder, and what is in it, the property of whoever runs PostgreSQL. */
  own(folder: string): Promise<void>
}

const inNamespace = ['--user', '--map-user=1000', '--map-group=1000', '--']

const asIs = (binaries: Binaries): Runner => ({
  kind: 'as-is',
  binaries,
  command: (file, args) => ({ file, args }),
  own: async () => {},
})

const userNamespace = (binaries: Binaries): Runner => ({
  kind: 'user-namespace',
  binaries,
  command: (file, args) => ({ file: 'unshare', args: [...inNamespace, file, ...args] }),
  own: async (folder) => void (await run('chown', ['-R', '0:0', folder])),
})

async function nobody(binaries: Binaries): Promise<Runner> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const fields = /^nobody:.*$/m.exec(passwd)?.[0].split(':')
  const uid = Number(fields?.[2] ?? 65534)
  const gid = Number(fields?.[3] ?? 65534)
  return {
    kind: 'nobody',
    binaries,
    command: (file, args) => ({ file, args, uid, gid }),
    own: async (folder) => void (await run('chown', ['-R', `${uid}:${gid}`, folder])),
  }
}

/** Whether `runner` can run PostgreSQL and write to `folder`. */
async function works(runner: Runner, folder: string): Promise<boolean> {
  const script = 'test -w "$1" && exec "$2" --version'
  const { file, args, ...as } = runner.command('/bin/sh', [
    '-c',
    script,
    'sh',
    folder,
    runner.binaries.postgres,
  ])
  return run(file, args, { ...as, cwd: '/', timeout: 10_000 }).then(
    () => true,
    () => false,
  )
}

/** Chooses for the cluster at `cluster`, which may not exist yet; its parent does. */
export async function chooseRunner(
  binaries: Binaries,
  cluster: string,
  { userNamespaces = true, home = '/var/lib/assay' } = {},
): Promise<Runner> {
  if (process.getuid?.() !== 0) return asIs(binaries)
  const made = await lstat(cluster).catch(() => null)
  const ownedByRoot = made === null || (made.isDirectory() && made.uid === 0)
  if (ownedByRoot && userNamespaces && (await works(userNamespace(binaries), dirname(cluster)))) {
    return userNamespace(binaries)
  }
  const plain = await nobody(binaries)
  const runner = (await works(plain, '/tmp')) ? plain : await nobody(await copyBinaries(binaries, home))
  if (made === null && (await entered(runner, dirname(cluster)))) return runner
  if (made === null) await linkElsewhere(cluster, home)
  // Where the link leads: nobody need not be able to follow it.
  const real = await realpath(cluster)
  await runner.own(real)
  if (await works(runner, real)) return runner
  throw new Trouble(
    `PostgreSQL cannot run in ${cluster}.`,
    'It refuses to run as root, user namespaces are refused here, and the user nobody cannot use that folder.',
    'Start the program as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
  )
}

async function entered(runner: Runner, folder: string): Promise<boolean> {
  const { file, args, ...as } = runner.command('/bin/sh', ['-c', 'test -x "$1"', 'sh', folder])
  return run(file, args, { ...as, cwd: '/' }).then(
    () => true,
    () => false,
  )
}

async function copyBinaries(binaries: Binaries, home: string): Promise<Binaries> {
  const root = join(home, `postgresql-${binaries.build}`)
  if ((await lstat(root).catch(() => null)) === null) {
    await mkdir(home, { recursive: true, mode: 0o711 })
    const partial = `${root}.${process.pid}`
    await cp(binaries.root, partial, { recursive: true, verbatimSymlinks: true })
    await chmod(partial, 0o755)
    // Another process may have finished first: its copy is as good.
    await rename(partial, root).catch(() => rm(partial, { recursive: true, force: true }))
  }
  const moved = (path: string) => join(root, path.slice(binaries.root.length))
  return { ...binaries, root, initdb: moved(binaries.initdb), postgres: moved(binaries.postgres) }
}

async function linkElsewhere(cluster: string, home: string): Promise<void> {
  const name = createHash('sha256').update(cluster).digest('hex').slice(0, 16)
  const folder = join(home, name)
  await mkdir(folder, { recursive: true, mode: 0o711 })
  await mkdir(join(folder, 'postgres'), { mode: 0o700 })
  await symlink(join(folder, 'postgres'), cluster)
}
