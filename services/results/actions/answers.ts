import type { BatchId, SchoolId } from '#contracts/common.ts'
import type { BatchResults } from '#contracts/results.ts'
import { sha256 } from '#platform/ids.ts'
import { assemble, type ResultsDeps, type Wanted } from './assemble.ts'
import { viewOfClass } from '../class-view.ts'
import * as store from '../store.ts'

export type View = 'full' | 'summary' | 'class'

/** A serialised answer with the version it was made for. */
export interface Answer {
  version: string
  /** JSON, one object, in UTF-8. */
  body: Buffer
}

const wantedBy: Record<View, Wanted> = {
  full: { texts: true, findings: true },
  summary: { texts: false, findings: false },
  class: { texts: false, findings: true },
}

/** How much is kept in memory for all schools together: a class of 30 in full is 150 kB, 1,000 essays 6 MB. */
const mostBytes = 48 * 1024 * 1024

/**
 * Answers about a batch, kept as the bytes that are sent: a warm answer serialises nothing. Each is good for one
 * version, read before anything else of the answer: whatever changes later raises it, so a stale answer is never
 * given. The school is part of the key: another school's question never meets this school's answer.
 */
export class Answers {
  readonly #deps: ResultsDeps
  readonly #mostBytes: number
  /** Least recently asked for first. */
  readonly #kept = new Map<string, Answer>()
  #bytes = 0
  /** Those being put together, by key and version: who asks meanwhile waits for the same one. */
  readonly #underWay = new Map<string, Promise<Answer>>()

  constructor(deps: ResultsDeps, limit: { bytes: number } = { bytes: mostBytes }) {
    this.#deps = deps
    this.#mostBytes = limit.bytes
  }

  /** What the answer to `read` would be good for; an equal one that the reader still holds needs no body. */
  async findVersion(schoolId: SchoolId, batchId: BatchId): Promise<string> {
    const { database, files, batches } = this.#deps
    // The owners of the files and of the run hear of an event in their own time, and a pause is no event: what
    // they say now is part of the version.
    const [own, stamp, run] = await Promise.all([
      database.transaction(schoolId, (tx) => store.findVersion(tx, batchId)),
      files.findStamp(schoolId, batchId),
      batches.findLatestRun(schoolId, batchId),
    ])
    return `${own}-${sha256(`${stamp} ${JSON.stringify(run)}`).slice(0, 16)}`
  }

  async read(schoolId: SchoolId, batchId: BatchId, view: View, version: string): Promise<Answer> {
    const key = `${schoolId} ${batchId} ${view}`
    const kept = this.#kept.get(key)
    if (kept?.version === version) {
      this.#kept.delete(key)
      this.#kept.set(key, kept)
      return kept
    }
    const name = `${key} ${version}`
    let making = this.#underWay.get(name)
    if (!making) {
      making = this.#make(schoolId, batchId, view, version).finally(() => this.#underWay.delete(name))
      this.#underWay.set(name, making)
    }
    return making
  }

  async #make(schoolId: SchoolId, batchId: BatchId, view: View, version: string): Promise<Answer> {
    const results = await assemble(this.#deps, schoolId, batchId, wantedBy[view])
    const answer = { version, body: Buffer.from(JSON.stringify(await this.#shape(schoolId, results, view))) }
    // A file that is removed and restored while this is put together stamps the batch as before: what was read in
    // between is not kept.
    if ((await this.findVersion(schoolId, batchId)) === version)
      this.#keep(`${schoolId} ${batchId} ${view}`, answer)
    return answer
  }

  async #shape(schoolId: SchoolId, results: BatchResults, view: View): Promise<object> {
    if (view !== 'class') return results
    return viewOfClass(results, await this.#deps.files.listFormats(schoolId, results.batchId))
  }

  #keep(key: string, answer: Answer): void {
    this.#drop(key)
    if (answer.body.length > this.#mostBytes / 2) return
    this.#kept.set(key, answer)
    this.#bytes += answer.body.length
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#mostBytes) break
      this.#drop(oldest)
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.body.length ?? 0
    this.#kept.delete(key)
  }
}

/** The body of an object with fields put before its own: a live answer's stamp costs no second serialisation. */
export function withStamp(body: Buffer, stamp: object): Buffer {
  const fields = JSON.stringify(stamp).slice(1, -1)
  return fields === '' ? body : Buffer.concat([Buffer.from(`{${fields},`), body.subarray(1)])
}
