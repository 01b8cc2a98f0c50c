/**
 * The code of the reading process as plain JavaScript, made once in the parent.
 * From: own. Stripping types in each child would cost it 12 MB of memory and 90 ms; here it costs 15 ms once.
 * Does not promise: modules outside this folder; the packages a reader uses are named below and found by Node.
 */
import { realpathSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { createRequire, findPackageJSON, stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export interface ChildSource {
  /** For `node --eval`. */
  boot: string
  /** First frame: where each module is and what it says. */
  start: { entry: string; modules: Record<string, string>; packages: Record<string, string> }
  /** Folders the child may read from: those of its packages, nothing else. */
  readable: string[]
}

const here = dirname(fileURLToPath(import.meta.url))
const PARENT_ONLY =
  /(?:\.test|^reader-pool|^reader-process|^child-source|^confinement|^agreement)\.ts$|^child-boot\.ts$/

/** The same function that runs every .ts file of this program; its warning would be printed for each start. */
function strip(code: string): string {
  const warn = process.emitWarning
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(code)
  } finally {
    process.emitWarning = warn
  }
}

async function build(): Promise<ChildSource> {
  const names = (await readdir(here)).filter((name) => name.endsWith('.ts') && !PARENT_ONLY.test(name))
  const stripFile = async (name: string) => strip(await readFile(join(here, name), 'utf8'))
  const sources = await Promise.all(names.map(stripFile))
  const modules: Record<string, string> = {}
  names.forEach((name, i) => (modules[pathToFileURL(join(here, name)).href] = sources[i]!))
  const require = createRequire(import.meta.url)
  const packageFolder = (name: string, from: string) => realpathSync(dirname(findPackageJSON(name, from)!))
  const saxes = require.resolve('saxes')
  const unpdf = packageFolder('unpdf', import.meta.url)
  const xmlchars = packageFolder('xmlchars', pathToFileURL(saxes).href)
  return {
    boot: await stripFile('child-boot.ts'),
    start: {
      entry: pathToFileURL(join(here, 'child.ts')).href,
      modules,
      packages: {
        saxes: pathToFileURL(saxes).href,
        'unpdf/pdfjs': pathToFileURL(join(unpdf, 'dist', 'pdfjs.mjs')).href,
      },
    },
    readable: [packageFolder('saxes', import.meta.url), xmlchars, unpdf],
  }
}

let source: Promise<ChildSource> | undefined

export const childSource = (): Promise<ChildSource> => (source ??= build())
