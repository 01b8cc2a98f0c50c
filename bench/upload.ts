import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request as send } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seededRandom } from '#platform/testing/documents/random.ts'
import { interleave, ratios, row, type BenchOptions, type Row } from './harness.ts'
import { pssByKind } from './processes.ts'
import { Program } from './program.ts'

/** Where files are sent, one a request. */
interface Target {
  url: string
  token: string
}

const boundary = 'assay-bench-7d1f2c'
const atOnce = 8
const smallBytes = 30_000
const largeBytes = 5_000_000

/** Taking files in: the rate against a handler written by hand, and the memory of large ones. */
export async function benchUpload({ quick, say }: BenchOptions): Promise<Row[]> {
  const program = await Program.start()
  const reference = await Reference.start(program.besideUrl)
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const count = quick ? 24 : 300
  const random = seededRandom(4711)

  /** Texts of words, none like another; sent as text files. */
  const makeFiles = (number: number): Buffer[] =>
    Array.from({ length: number }, () => {
      const words: string[] = []
      for (let length = 0; length < smallBytes;) {
        const word = `${random.pick(syllables)}${random.pick(syllables)}${random.below(8) > 0 ? '' : '.'} `
        words.push(word)
        length += word.length
      }
      return multipart(`essay-${random.below(1e9)}.txt`, Buffer.from(words.join('').slice(0, smallBytes)))
    })

  /** Pictures, which are turned away when they are read: what is measured is taking them in. */
  const makePictures = (number: number): Buffer[] =>
    Array.from({ length: number }, () => multipart(`photo-${random.below(1e9)}.jpg`, randomBytes(largeBytes)))

  async function newBatch(): Promise<Target> {
    const body = JSON.stringify({ title: 'upload' })
    const { batchId } = await program.request<{ batchId: string }>('POST', 'batches', body)
    return { url: `${program.url}/api/v1/batches/${batchId}/files`, token: program.token }
  }

  /** Uploads a second. */
  async function rate(target: Target, files: readonly Buffer[]): Promise<number> {
    const each = files.values()
    const began = performance.now()
    const work = async () => {
      for (const body of each) await upload(agent, target, body)
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    return (files.length * 1000) / (performance.now() - began)
  }

  try {
    await rate(await newBatch(), makeFiles(40))
    await rate(reference.target, makeFiles(40))
    const rounds = quick ? 2 : 5
    const figures = await interleave(rounds, {
      program: async () => {
        const target = await newBatch()
        const result = await rate(target, makeFiles(count))
        // What follows an upload is not the next contender's affair.
        await program.whenQuiet()
        say(`upload: ${result.toFixed(0)} a second`)
        return result
      },
      bare: async () => {
        const result = await rate(reference.target, makeFiles(count))
        say(`upload: ${result.toFixed(0)} a second by hand`)
        return result
      },
      again: () => rate(reference.target, makeFiles(count)),
    })
    const inFlight = quick ? 4 : 16
    const memory: number[] = []
    for (let round = 0; round < (quick ? 1 : 4); round++) {
      const used = await memoryOf(await newBatch(), makePictures(inFlight))
      // The first one fills what is kept for the next.
      if (round > 0 || quick) memory.push(used / inFlight)
      await program.whenQuiet()
    }
    return [
      row('uploads of 30 kB, 8 at a time ÷ by hand', ratios(figures.program, figures.bare), {
        atLeast: 0.7,
        goal: 0.9,
      }),
      row('  noise: by hand ÷ by hand', ratios(figures.again, figures.bare)),
      row('  by hand, a second', figures.bare),
      row('  uploads a second', figures.program),
      row('memory an upload of 5 MB in flight, MB', memory, { atMost: 4, goal: 2 }),
    ]
  } finally {
    agent.destroy()
    await reference.stop()
    await program.stop()
  }

  /** Growth of the server's memory, at its highest, while all files are sent at once; in MB. */
  async function memoryOf(target: Target, files: readonly Buffer[]): Promise<number> {
    const used = () => pssByKind(program.pid).server ?? 0
    const before = used()
    let peak = before
    const timer = setInterval(() => (peak = Math.max(peak, used())), 10)
    await Promise.all(files.map((body) => upload(agent, target, body)))
    clearInterval(timer)
    say(`upload: ${files.length} of 5 MB, ${(peak - before).toFixed(0)} MB`)
    return peak - before
  }
}

const syllables = 'ba con de fer gi hol in ju ka lor mi nen or pre qui ra sta ter um ver win yel'.split(' ')

/** The handler written by hand, in a process of its own, on the server of the program's database. */
class Reference {
  readonly target: Target
  readonly #stop: () => Promise<void>

  private constructor(target: Target, stop: () => Promise<void>) {
    this.target = target
    this.#stop = stop
  }

  static async start(databaseUrl: string): Promise<Reference> {
    const folder = await mkdtemp(join(tmpdir(), 'assay-bench-by-hand-'))
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('upload-reference.ts', import.meta.url)), folder, databaseUrl],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const [said] = (await once(child.stdout!, 'data')) as [Buffer]
    return new Reference({ url: `http://127.0.0.1:${Number(said)}/`, token: '' }, async () => {
      const ended = once(child, 'exit')
      child.kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    })
  }

  stop(): Promise<void> {
    return this.#stop()
  }
}

function upload(agent: Agent, { url, token }: Target, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = send(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': `multipart/form-data; boundary=${boundary}`,
          'content-length': body.length,
        },
      },
      (response) => {
        response.resume()
        response.on('end', () =>
          response.statusCode === 202 ? resolve() : reject(new Error(`an upload was ${response.statusCode}`)),
        )
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

const multipart = (fileName: string, bytes: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${fileName}"\r\ncontent-type: text/plain\r\n\r\n`,
    ),
    bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ])
