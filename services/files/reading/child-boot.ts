/**
 * The first code of a reading process: takes its modules from its standard input, then closes every other door.
 * From: Node's permission model (no files, no processes, no workers); this adds the network, which it leaves open.
 * Does not promise: to hold against a fault in V8 itself; the network namespace and the limits outside are for that.
 *
 * Handed over as text with types already stripped: stripping in the child would cost 12 MB and 90 ms in each.
 */
import { readSync } from 'node:fs'
import { registerHooks } from 'node:module'

/** What the parent sends first. `modules`: address → source; `packages`: name → address. */
interface Start {
  entry: string
  modules: Record<string, string>
  packages: Record<string, string>
}

function take(length: number): Buffer {
  const into = Buffer.allocUnsafe(length)
  let got = 0
  while (got < length) {
    const n = readSync(0, into, got, length - got, null)
    if (n === 0) process.exit(0)
    got += n
  }
  return into
}

const head = take(8)
const start = JSON.parse(take(head.readUInt32LE(0)).toString()) as Start

const ALLOWED = new Set(['node:fs', 'node:zlib', 'node:buffer', 'node:util'])
registerHooks({
  resolve(specifier, context, next) {
    const name = start.packages[specifier] ?? specifier
    const url = name.startsWith('.') && context.parentURL ? new URL(name, context.parentURL).href : name
    if (url in start.modules) return { url, format: 'module', shortCircuit: true }
    if (url.startsWith('node:') && !ALLOWED.has(url)) throw new Error(`closed to readers: ${url}`)
    const found = next(url, context)
    if (found.url.startsWith('node:') && !ALLOWED.has(found.url))
      throw new Error(`closed to readers: ${specifier}`)
    return found
  },
  load(url, context, next) {
    const source = start.modules[url]
    if (source === undefined) return next(url, context)
    return { format: 'module', source, shortCircuit: true }
  },
})

const closed = () => {
  throw new Error('closed to readers')
}
// DecompressionStream inflates a whole stream at once; without it pdf.js inflates as it reads, and can be stopped.
const globals = globalThis as Record<string, unknown>
for (const name of [
  'fetch',
  'WebSocket',
  'EventSource',
  'BroadcastChannel',
  'Worker',
  'XMLHttpRequest',
  'DecompressionStream',
]) {
  // Deleted first: defining over the lazy original would load it, 80 ms of it for fetch.
  delete globals[name]
  Object.defineProperty(globals, name, { value: undefined, configurable: false, writable: false })
}
const dangerous = process as unknown as Record<string, unknown>
const builtin = process.getBuiltinModule
for (const name of ['binding', '_linkedBinding', 'dlopen', 'kill', '_kill', '_debugProcess', 'chdir']) {
  Object.defineProperty(dangerous, name, { value: closed, configurable: false, writable: false })
}
Object.defineProperty(dangerous, 'getBuiltinModule', {
  value: (id: string) => (ALLOWED.has(`node:${id.replace(/^node:/, '')}`) ? builtin(id) : undefined),
  configurable: false,
  writable: false,
})
// The answers go over standard output; a library that prints must not be able to write into them.
const silent = () => undefined
globals.console = new Proxy({}, { get: () => silent })

await import(start.entry)
