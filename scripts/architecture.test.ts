import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const config: { forbidden: { name: string }[] } = createRequire(import.meta.url)(
  join(root, '.dependency-cruiser.cjs'),
)

interface Cruise {
  summary: {
    totalCruised: number
    totalDependenciesCruised: number
    violations: { from: string; rule: { name: string } }[]
  }
}

async function cruise(cwd: string): Promise<Cruise['summary']> {
  const bin = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const args = [
    bin,
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    'contracts',
    'platform',
    'services',
    'apps',
  ]
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd,
    maxBuffer: 256 * 1024 * 1024,
  }).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }))
  return (JSON.parse(stdout) as Cruise).summary
}

test('the project keeps its architecture rules, and the tool has read it', async () => {
  const summary = await cruise(root)
  expect(summary.violations.map((violation) => `${violation.from}: ${violation.rule.name}`)).toEqual([])
  expect(summary.totalCruised).toBeGreaterThan(200)
  expect(summary.totalDependenciesCruised).toBeGreaterThan(500)
})

/** One violation of each rule; the files exist only in a copy. */
const planted: Record<string, [file: string, text: string]> = {
  'services-meet-only-in-contracts': ['services/essays/a.ts', "import '#services/files/store.ts'"],
  'contracts-import-nothing-of-ours': ['contracts/a.ts', "import '#platform/ids.ts'"],
  'platform-knows-no-service': ['platform/http/a.ts', "import '#services/files/store.ts'"],
  'web-and-cli-know-only-contracts': ['apps/cli/a.ts', "import '#services/files/store.ts'"],
  'enter-by-the-front-door': ['apps/server/a.ts', "import '#services/files/store.ts'"],
  'subjects-are-pure': ['services/essays/slots.ts', "import 'node:fs'"],
  'doors-open-into-actions': ['services/essays/actions.ts', "import './routes.ts'"],
  'sql-lives-in-the-store': ['services/trace/b.ts', "import 'kysely'"],
  'tests-stay-tests': ['platform/http/b.ts', "import '#platform/testing/x.ts'"],
  'no-cycles': ['services/trace/c.ts', "import './d.ts'"],
}

test('each rule turns red when it is broken', async () => {
  expect(Object.keys(planted).sort()).toEqual(config.forbidden.map((rule) => rule.name).sort())
  const copy = await mkdtemp(join(tmpdir(), 'assay-rules-'))
  try {
    for (const name of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json'])
      await cp(join(root, name), join(copy, name))
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
    const harmless = [
      'platform/ids.ts',
      'platform/testing/x.ts',
      'services/files/store.ts',
      'services/essays/routes.ts',
      'apps/web/x.ts',
    ]
    const files = [
      ...harmless.map((name): [string, string] => [name, 'export {}']),
      ...Object.values(planted),
      ['services/trace/d.ts', "import './c.ts'"] as const,
    ]
    for (const [name, text] of files) {
      await mkdir(join(copy, dirname(name)), { recursive: true })
      await writeFile(join(copy, name), `${text}\n`)
    }
    const { violations } = await cruise(copy)
    expect([...new Set(violations.map((violation) => violation.rule.name))].sort()).toEqual(
      Object.keys(planted).sort(),
    )
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
})
