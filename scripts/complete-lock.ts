// Adds to package-lock.json what npm leaves out of it: optional parts for other systems that the registry at hand does
// not offer. `npm ci` refuses a lockfile without them. Their names and versions are those that the packages which
// want them declare; the system is read from the name. `npm run lock` after `npm install`; a test says when it is due.
import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url))
const systems = [
  'darwin',
  'linux',
  'win32',
  'windows',
  'android',
  'freebsd',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
]
const processors = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el']

interface Entry {
  optionalDependencies?: Record<string, string>
  dev?: boolean
  license?: string
}
type Packages = Record<string, Entry>

/** Whether `from` finds `wanted`, as Node looks for packages: here, then in each folder above. */
function isThere(packages: Packages, from: string, wanted: string): boolean {
  for (let at = from; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[`${at}/node_modules/${wanted}`]) return true
  }
  return packages[`node_modules/${wanted}`] !== undefined
}

/** What is missing, as entries of the lockfile. */
export function missingParts(packages: Packages): Packages {
  const missing: Packages = {}
  for (const [from, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isThere(packages, from, name)) continue
      const words = name.split(/[/-]/)
      const os = systems.find((system) => words.includes(system))
      const cpu = processors.find((processor) => words.includes(processor))
      // A range, or a part whose system its name does not tell, is npm's to find out.
      if (!os || !cpu || !/^\d+\.\d+\.\d+/.test(version)) continue
      const libc = words.includes('musl')
        ? ['musl']
        : words.includes('gnu') && os === 'linux'
          ? ['glibc']
          : null
      missing[`node_modules/${name}`] = Object.assign(
        { version, cpu: [cpu] },
        entry.dev && { dev: true },
        libc && { libc },
        entry.license && { license: entry.license },
        { optional: true, os: [os === 'windows' ? 'win32' : os] },
      )
    }
  }
  return missing
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Packages }
  const missing = missingParts(lock.packages)
  const names = Object.keys({ ...lock.packages, ...missing }).sort((a, b) => a.localeCompare(b, 'en'))
  lock.packages = Object.fromEntries(
    names.map((name) => [name, lock.packages[name] ?? (missing[name] as Entry)]),
  )
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`${Object.keys(missing).length} added`)
}
