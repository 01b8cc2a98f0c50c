// What asking for the results of a batch costs over HTTP, held against a hand-written query and one stringify.
import { Agent, request } from 'node:http'
import { Corpus } from './corpus.ts'
import { interleave, ratios, row, type BenchOptions, type Row } from './harness.ts'
import { Program } from './program.ts'

/** What the summary says, by queries of one's own as somebody would write them first. */
async function bareSummary(program: Program, batchId: string): Promise<number> {
  const files = await program.query(
    `select file_upload_id as "fileUploadId", file_name as "fileName", state, slot, essay_id as "essayId", words, remarks,
       received_at as "receivedAt", sha256, duplicate_of as "duplicateOf", error
     from files.uploads where batch_id = $1 order by file_upload_id`,
    [batchId],
  )
  const essays = await program.query(
    `select u.essay_id as "essayId", u.file_upload_id as "fileUploadId", u.file_name as "fileName", u.slot, u.words,
       json_build_object('status', s.status, 'findingCount', s.findings) as spelling,
       json_build_object('status', l.status, 'metrics', c.result -> 'metrics') as language
     from files.uploads u
       join results.essay_phases s on s.essay_id = u.essay_id and s.phase = 'spelling'
       join results.essay_phases l on l.essay_id = u.essay_id and l.phase = 'language'
       join language.checks c on c.text_hash = l.text_hash and c.fingerprint = l.fingerprint
     where u.batch_id = $1 order by u.slot`,
    [batchId],
  )
  return JSON.stringify({ batchId, files, essays }).length
}

const agent = new Agent({ keepAlive: true })

/** Every byte of the answer has arrived; nothing is parsed. */
function fetchBytes({ url, token }: { url: string; token: string }, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(
      `${url}${path}`,
      { agent, headers: { authorization: `Bearer ${token}` } },
      (response) => {
        let bytes = 0
        response.on('data', (piece: Buffer) => (bytes += piece.length))
        response.on('end', () =>
          response.statusCode === 200 ? resolve(bytes) : reject(new Error(`${path}: ${response.statusCode}`)),
        )
        response.on('error', reject)
      },
    )
    asked.on('error', reject).end()
  })
}

async function timed(work: () => Promise<number>): Promise<number> {
  const began = performance.now()
  const bytes = await work()
  if (bytes < 1000) throw new Error(`an answer of ${bytes} bytes is none`)
  return performance.now() - began
}

export async function benchResults({ quick, say }: BenchOptions): Promise<Row[]> {
  const size = quick ? 20 : 1000
  const program = await Program.start()
  const corpus = await Corpus.open()
  try {
    const { batchId } = await program.runBatch(await corpus.make(size), { lookEveryMs: 500 })
    const path = `/api/v1/batches/${batchId}`
    const summary = () => fetchBytes(program, `${path}/results?view=summary`)
    const change = () =>
      program.query('update results.batches set version = version + 1 where batch_id = $1', [batchId])
    const cold = async (work: () => Promise<number>) => {
      await change()
      return timed(work)
    }
    const bare = () => timed(() => bareSummary(program, batchId))
    say(
      `results: ${size} essays, ${await summary()} bytes of summary, ${await bareSummary(program, batchId)} bare`,
    )
    const rounds = quick ? 3 : 25
    for (let warm = 0; warm < 3; warm++) await Promise.all([summary(), bareSummary(program, batchId)])
    const times = await interleave(rounds, {
      bare,
      cold: () => cold(summary),
      warm: async () => {
        await summary()
        return timed(summary)
      },
      again: bare,
      class: () => cold(() => fetchBytes(program, `${path}/class`)),
      rows: () => timed(() => fetchBytes(program, `${path}/rows?limit=200`)),
    })
    const demandCold = { atMost: 3, goal: 1.5 }
    const demandWarm = { atMost: 0.2, goal: 0.05 }
    return [
      row(
        `results summary of ${size} over HTTP, cold ÷ bare query + stringify`,
        ratios(times.cold, times.bare),
        demandCold,
      ),
      row(
        `results summary of ${size} over HTTP, warm ÷ bare query + stringify`,
        ratios(times.warm, times.bare),
        demandWarm,
      ),
      row('  noise: bare ÷ bare', ratios(times.again, times.bare)),
      row('  bare query + stringify, ms', times.bare),
      row('  summary cold, ms', times.cold),
      row('  summary warm, ms', times.warm),
      row('  class cold, ms', times.class),
      row('  200 rows, ms', times.rows),
    ]
  } finally {
    await corpus.remove()
    await program.stop()
    agent.destroy()
  }
}
