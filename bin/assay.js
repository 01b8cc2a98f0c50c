#!/usr/bin/env node
// The command `assay`: makes the program runnable, then runs it on the project's own Node 24. Plain JavaScript for
// an older Node. The working directory stays the caller's; only what the program itself prints reaches stdout.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { bootstrap, node, Trouble } from './bootstrap.js'

const root = path.dirname(path.dirname(fs.realpathSync(fileURLToPath(import.meta.url))))

try {
  await bootstrap()
} catch (error) {
  process.stderr.write(`${error instanceof Trouble ? error.message : error.stack}\n`)
  process.exit(1)
}

// The young part of the heap would grow to 64 MB; a third of that is as quick; `npm start` says the same.
const flags = ['--max-semi-space-size=8']
const main = path.join(root, 'apps', 'cli', 'main.ts')
const child = spawn(fs.realpathSync(node), [...flags, main, ...process.argv.slice(2)], {
  stdio: 'inherit',
  // So that `node` in anything the program starts is this one too.
  env: { ...process.env, PATH: path.dirname(node) + path.delimiter + (process.env.PATH ?? '') },
})

// Ctrl-C at a terminal reaches the child by itself, for it is in the same group; a second copy of a SIGINT would
// mean "at once" to it. From elsewhere (`kill`, a service manager) only we get it: passed on when we have no terminal.
const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !terminal) child.kill(signal)
  })
}
child.on('error', (error) => {
  process.stderr.write(
    `The program could not be started.\n  Why: ${error.message}\n  What to do: Remove node_modules and start again.\n`,
  )
  process.exit(1)
})
child.on('exit', (code, signal) => {
  // The shell's way to say "ended by a signal"; to kill ourselves by it would lose what is still being written.
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0))
})
