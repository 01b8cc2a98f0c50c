import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Trouble } from './trouble.ts'

/** The program's own folder. */
export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Every `migrations` folder of a platform part or a service; there is no list to maintain. */
export const migrationFolders = (root = projectRoot): string[] =>
  globSync(['platform/*/migrations', 'services/*/migrations'], { cwd: root })
    .map((folder) => join(root, folder))
    .sort()

export interface MigrationFile {
  /** `<YYYYMMDDhhmmss>_<schema>__<table>__<verb>`, which is also the order. */
  name: string
  path: string
  sql: string
}

const pattern = /^\d{14}_[a-z0-9_]+?__[a-z0-9_]+?__[a-z0-9_]+\.sql$/

/** The migrations in `folders`, oldest stamp first. */
export function readMigrations(folders = migrationFolders()): MigrationFile[] {
  const found = new Map<string, MigrationFile>()
  for (const folder of folders) {
    for (const file of globSync('*.sql', { cwd: folder })) {
      const path = join(folder, file)
      const name = basename(file, '.sql')
      const shown = relative(projectRoot, path)
      if (!pattern.test(file)) {
        throw new Trouble(
          `${shown} is not a migration.`,
          'Its name is not <YYYYMMDDhhmmss>_<schema>__<table>__<verb>.sql in small letters.',
          'Rename the file.',
        )
      }
      const other = found.get(name)
      if (other) {
        throw new Trouble(
          `${shown} cannot be run.`,
          `${relative(projectRoot, other.path)} has the same name, and a name runs once.`,
          'Give one of them another stamp.',
        )
      }
      found.set(name, { name, path, sql: readFileSync(path, 'utf8') })
    }
  }
  return [...found.values()].sort((a, b) => compare(a.name, b.name))
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
