// `npm run check`: what a machine can say of the code in under a minute, on two cores. One line a tool; the output
// of a tool only when it found something.
import { spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { projectRoot } from '#platform/database/migrations.ts'

/** A test that starts processes, databases or browsers is not fast; the rest are, and run here. */
const slow = /from '(#platform\/testing\/(databases|test-server)|\.\/databases|node:child_process|playwright)/
const fastTests = () =>
  globSync('{contracts,platform,services,apps,scripts,samples}/**/*.test.ts', { cwd: projectRoot }).filter(
    (file) => !file.includes('node_modules') && !slow.test(readFileSync(join(projectRoot, file), 'utf8')),
  )

interface Tool {
  name: string
  /** The program in node_modules/.bin and its arguments. */
  command: string[]
  /** Without this file the tool has nothing to go by and is left out. */
  needs?: string[]
}

const tests = fastTests()
const tools: Tool[] = [
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'types of the web app', command: ['tsc', '-p', 'apps/web'] },
  {
    name: 'boundaries',
    command: ['depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...folders()],
    needs: ['.dependency-cruiser.cjs'],
  },
  { name: 'unused', command: ['knip'], needs: ['knip.json', 'knip.jsonc', 'knip.ts'] },
  { name: `tests (${tests.length} fast files)`, command: ['vitest', 'run', '--reporter=dot', ...tests] },
]

function folders(): string[] {
  return ['contracts', 'platform', 'services', 'apps', 'e2e', 'bench', 'scripts'].filter((folder) =>
    existsSync(join(projectRoot, folder)),
  )
}

function run({ name, command: [program, ...args] }: Tool): Promise<boolean> {
  const from = performance.now()
  const bin = join(projectRoot, 'node_modules/.bin')
  const child = spawn(join(bin, program as string), args, {
    cwd: projectRoot,
    // Tools start with `env node`, which must be the project's.
    env: { ...process.env, PATH: bin + delimiter + process.env.PATH, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) => {
    const end = (code: number | string | null) => {
      const seconds = ((performance.now() - from) / 1000).toFixed(1)
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${seconds.padStart(5)} s  ${name}`)
      if (code !== 0) console.log(`${output.trim() || `ended with ${code}`}\n`)
      resolve(code === 0)
    }
    child.on('error', (error) => end(error.message))
    child.on('close', end)
  })
}

const wanted = tools.filter(
  ({ needs }) => !needs || needs.some((file) => existsSync(join(projectRoot, file))),
)
for (const { name } of tools.filter((tool) => !wanted.includes(tool)))
  console.log(`--             ${name}: not set up`)
// The light ones and the types share the cores; the tests, which take both, come after.
const light = await Promise.all(wanted.slice(0, -1).map(run))
const heavy = await run(wanted.at(-1) as Tool)
process.exitCode = light.every(Boolean) && heavy ? 0 : 1
