import { mint } from '#platform/ids.ts'
import { textFile, type Client } from '../client.ts'
import type { People, Person } from '../people.ts'
import { until } from '../system.ts'

/** One of everything that an address can name, all of it of one batch and its owner. */
export interface Things {
  batchId: string
  fileUploadId: string
  runId: string
  essayId: string
  correlationId: string
  /** A person of the owner's school whom nobody else here needs. */
  userId: string
  sessionId: string
  invitationId: string
  /** A dead letter of the owner's school. */
  subscription: string
  seq: string
}

/** What no school has. */
export const absentThings = (): Things => ({
  batchId: mint(),
  fileUploadId: mint(),
  runId: mint(),
  essayId: mint(),
  correlationId: `nobodys-${mint()}`,
  userId: mint(),
  sessionId: mint(),
  invitationId: mint(),
  subscription: 'results',
  seq: '999999999',
})

/** A batch with an essay that was run, and whatever else has an address in the owner's school. */
export async function makeThings(server: People, owner: Person, marker: string): Promise<Things> {
  const { batchId } = await owner.createBatch({ title: marker, prompt: `Prompt ${marker}` })
  const correlationId = `upload-${mint()}`
  const text = `This essay is about ${marker}. It says that school shoud start later.`
  const [item] = await owner.upload(batchId, [textFile(`${marker}.txt`, text)], {
    'x-correlation-id': correlationId,
  })
  await until(
    () => owner.batch(batchId),
    ({ counts }) => counts.slotsUsed === 1,
    60_000,
  )
  const runId = await owner.startRun(batchId)
  await until(
    () => owner.getRun(runId),
    (run) => run.outcome !== null,
    60_000,
  )
  const [file] = await owner.files(batchId)
  const spare = await server.addPerson(`spare-${marker}`, owner.schoolId, ['teacher'])
  await server.server.bus.whenQuiet(60_000)
  return {
    batchId,
    fileUploadId: item!.fileUploadId,
    runId,
    essayId: file!.essayId!,
    correlationId,
    userId: spare.userId,
    sessionId: spare.sessionId,
    invitationId: await inviteSomeone(server, owner, marker),
    ...(await plantDeadLetter(server, owner)),
  }
}

/** An invitation of the owner's school, made by its administrator. */
async function inviteSomeone(server: People, owner: Person, marker: string): Promise<string> {
  if (!server.server.routes.some(({ path }) => path === '/api/v1/invitations')) return mint()
  const { admin, otherAdmin } = server.people
  const inviting = owner.schoolId === admin.schoolId ? admin : otherAdmin
  const { invitationId } = await inviting.json<{ invitationId: string }>('POST', 'invitations', {
    email: `invited-${marker.toLowerCase()}-${mint()}@school.example`,
    roles: ['teacher'],
  })
  return invitationId
}

/** Puts an event that was handled among those that were not: handing it over again changes nothing. */
async function plantDeadLetter(server: People, owner: Person): Promise<Pick<Things, 'subscription' | 'seq'>> {
  const { rows } = await server.testDatabase.ownerPool.query<{ seq: string }>(
    `insert into bus.dead_letters (subscription, seq, event_id, type, school_id, error, tries)
     select 'results', seq, id, type, school_id, 'planted', 3 from bus.events e
     where school_id = $1 and type = 'files.file-received'
       and not exists (select from bus.dead_letters d where d.seq = e.seq) limit 1
     returning seq::text`,
    [owner.schoolId],
  )
  return { subscription: 'results', seq: rows[0]!.seq }
}

type Fresh = (server: People, owner: Person, things: Things) => Promise<Partial<Things>>

const freshFile: Fresh = async (_server, owner, { batchId }) => {
  const [item] = await owner.upload(batchId, [textFile('fresh.txt', 'A fresh essay, to be spent.')])
  return { fileUploadId: item!.fileUploadId }
}
const freshBatch = async (owner: Client): Promise<string> =>
  (await owner.createBatch({ title: 'Fresh' })).batchId

/** Routes that use up what they name: whoever may reach it gets something of its own to use up. */
export const freshFor: Readonly<Record<string, Fresh>> = {
  'DELETE /api/v1/batches/:batchId': async (_server, owner) => ({ batchId: await freshBatch(owner) }),
  'POST /api/v1/batches/:batchId/restore': async (_server, owner) => {
    const batchId = await freshBatch(owner)
    await owner.request('DELETE', `batches/${batchId}`)
    return { batchId }
  },
  'DELETE /api/v1/files/:fileUploadId': freshFile,
  'POST /api/v1/files/:fileUploadId/restore': async (server, owner, things) => {
    const fresh = await freshFile(server, owner, things)
    await owner.request('DELETE', `files/${fresh.fileUploadId}`)
    return fresh
  },
  'POST /api/v1/files/:fileUploadId/replace': freshFile,
  'POST /api/v1/dead-letters/:subscription/:seq/replay': plantDeadLetter,
  'DELETE /api/v1/invitations/:invitationId': async (server, owner) => ({
    invitationId: await inviteSomeone(server, owner, 'fresh'),
  }),
}
