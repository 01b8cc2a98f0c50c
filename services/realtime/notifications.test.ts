import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listEventDefinitions, type Envelope } from '#contracts/event.ts'
import { Notification, NotificationName } from '#contracts/realtime.ts'
import { arbitraryOf } from '#contracts/testing/arbitrary.ts'
import { mint } from '#platform/ids.ts'
import { joinFrames, partsOf, spliceFrame } from './frames.ts'
import { needsFile, tell, tells, unknownFile } from './notifications.ts'

const told = listEventDefinitions().filter((definition) => tells(definition.type))

test('every name that clients know is said by some event', () => {
  const said = new Set<string>()
  for (const definition of told)
    fc.assert(
      fc.property(arbitraryOf(definition.data), (data) => {
        said.add(tell({ type: definition.type, data }, unknownFile)!.name)
      }),
    )
  expect([...said].sort()).toEqual([...NotificationName.options].sort())
})

test.each(told.map((definition) => [definition.type, definition] as const))(
  'whatever %s holds, what is told of it is a notification, spliced from its parts to the letter',
  (type, definition) => {
    const names = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(arbitraryOf(definition.data), names, fc.boolean(), (data, fileName, withFile) => {
        const event = {
          id: mint<string>(),
          type,
          version: 1,
          occurredAt: new Date().toISOString(),
          schoolId: mint<string>(),
          key: 'k',
          correlationId: 'c',
          causationId: null,
          actor: { kind: 'program' },
          traceparent: '',
          ...(withFile ? { fileUploadId: mint<string>() } : {}),
          data,
        } as Envelope
        const telling = tell(event, { fileName })!
        const epoch = crypto.randomUUID()
        const frame = spliceFrame(partsOf(event, telling), epoch, 7)
        const parsed = Notification.strict().parse(JSON.parse(frame))
        expect(parsed).toEqual({
          type: telling.name,
          epoch,
          seq: 7,
          id: event.id,
          at: event.occurredAt,
          priority: telling.priority,
          actionRequired: telling.actionRequired,
          correlationId: 'c',
          batchId: telling.batchId,
          ...(withFile ? { fileUploadId: event.fileUploadId } : {}),
          data: JSON.parse(JSON.stringify(telling.data)),
        })
        if (needsFile(type)) expect(parsed.data.fileName).toBe(fileName)
        expect(JSON.parse(joinFrames([frame, frame]))).toEqual([parsed, parsed])
        expect(joinFrames([frame])).toBe(frame)
      }),
    )
  },
)

test('what somebody must act on is said to be so, and a rejection comes with its remedy', () => {
  const fileError = { code: 'damaged', message: 'The file is damaged.', remedy: 'Ask for it again.' }
  const rejected = tell(
    {
      type: 'files.file-rejected',
      data: { batchId: mint<string>(), code: 'damaged', replaces: null },
    },
    { fileName: 'a.docx', error: fileError },
  )
  expect(rejected).toMatchObject({
    priority: 'high',
    actionRequired: true,
    data: { fileName: 'a.docx', code: 'damaged', message: fileError.message, remedy: fileError.remedy },
  })
  expect(tell({ type: 'files.text-extracted', data: {} }, unknownFile)).toBeNull()
})
