import { listSchoolIds, ensureLocalSchool } from './store.ts'
import type { SchoolId } from '#contracts/common.ts'
import type { Database } from '#platform/database/database.ts'

export interface IdentityApi {
  /** Every school of this database, for sweeps that go from one to the next. */
  listSchools(): Promise<SchoolId[]>
  /** The one school of a laptop; made at the first start. */
  ensureLocalSchool(): Promise<SchoolId>
}

export const createIdentityApi = (database: Database): IdentityApi => ({
  listSchools: () => database.transaction(null, listSchoolIds),
  ensureLocalSchool: () => database.transaction(null, ensureLocalSchool),
})
