import type { FilesApi } from '#contracts/files.ts'
import type { Database } from '#platform/database/database.ts'
import { recentTexts } from './recent-texts.ts'
import * as store from './store.ts'

/** `files` as other services of the same process ask it. */
export const createFilesApi = (database: Database): FilesApi => ({
  countByBatch: (schoolId, batchIds) =>
    database.transaction(schoolId, (tx) => store.countByBatch(tx, batchIds)),
  listFiles: (schoolId, batchId) => database.transaction(schoolId, (tx) => store.listViews(tx, batchId)),
  listSomeFiles: (schoolId, batchId, some) =>
    database.transaction(schoolId, (tx) => store.listSomeViews(tx, batchId, some)),
  listFormats: (schoolId, batchId) => database.transaction(schoolId, (tx) => store.listFormats(tx, batchId)),
  findStamp: (schoolId, batchId) => database.transaction(schoolId, (tx) => store.findStamp(tx, batchId)),
  findNames: (schoolId, ids) => database.transaction(schoolId, (tx) => store.findNames(tx, ids)),
  getFiles: async (schoolId, ids) =>
    new Map(
      (await database.transaction(schoolId, (tx) => store.listViewsOf(tx, ids))).map((file) => [
        file.fileUploadId,
        file,
      ]),
    ),
  findBatchOf: (schoolId, thing) =>
    database.transaction(schoolId, (tx) =>
      'essayId' in thing
        ? store.findBatchOfEssay(tx, thing.essayId)
        : store.findBatchOfFile(tx, thing.fileUploadId),
    ),
  getTexts: async (schoolId, hashes) => {
    const found = new Map<string, string>()
    const others: string[] = []
    for (const hash of hashes) {
      const text = recentTexts.find(schoolId, hash)
      if (text === undefined) others.push(hash)
      else found.set(hash, text)
    }
    if (others.length === 0) return found
    for (const [hash, text] of await database.transaction(schoolId, (tx) => store.findTexts(tx, others)))
      found.set(hash, text)
    return found
  },
  findFile: (schoolId, id) => database.transaction(schoolId, (tx) => store.findView(tx, id)),
})
