import type { BatchResults, FileView } from '#contracts/results.ts'
import { html, type Content, type Html } from './html.ts'
import { showFileName } from './visible.ts'
import { counted, stateInWords } from './words.ts'

interface Item {
  file: Content
  what: Content
  remedy: Content
}
export interface NeedGroup {
  id: string
  title: string
  /** One and many of it, as a count is said. */
  counted: [one: string, many: string]
  items: Item[]
}

const named = (file: FileView, slotHref: (slot: number) => string): Html =>
  html`${file.slot !== null && html`<a href="${slotHref(file.slot)}">Essay ${file.slot}</a> `}${showFileName(file.fileName)}${file.archive !== undefined && html`<span class="quiet"> in ${showFileName(file.archive)}</span>`}`

const code = (value: string | undefined): Content => value !== undefined && html` <code>${value}</code>`

function rejected(file: FileView, hrefOf: (slot: number) => string): Item {
  const { error } = file
  return {
    file: named(file, hrefOf),
    what: html`${error?.message ?? 'The reason was not recorded.'}${code(error?.code)}`,
    remedy: error?.remedy ?? 'Add the file again.',
  }
}

/** A file that was refused before it was sent: no batch knows it, but the teacher would miss it. */
export interface LeftOutFile {
  name: string
  reason: string
  remedy: string
}

/** What waits for a person, in the order of its weight. Groups without an entry are left out. */
export function needsYou(
  results: BatchResults,
  hrefOf: (slot: number) => string,
  leftOut: readonly LeftOutFile[] = [],
): NeedGroup[] {
  const byId = new Map<string, FileView>(results.files.map((file) => [file.fileUploadId, file]))
  const fileOfSlot = (slot: number, fileName: string): Html =>
    html`<a href="${hrefOf(slot)}">Essay ${slot}</a> ${showFileName(fileName)}`
  const taken = results.files.filter((file) => file.state !== 'removed' && file.state !== 'rejected')
  const groups: NeedGroup[] = [
    {
      id: 'rejected',
      title: 'Rejected',
      counted: ['rejected', 'rejected'],
      items: [
        ...results.files.filter((file) => file.state === 'rejected').map((file) => rejected(file, hrefOf)),
        ...leftOut.map(({ name, reason, remedy }) => ({
          file: showFileName(name),
          what: `It ${reason}. It was not sent.`,
          remedy,
        })),
      ],
    },
    {
      id: 'failed',
      title: 'Failed phases',
      counted: ['failed phase', 'failed phases'],
      items: results.essays.flatMap((essay) =>
        (['spelling', 'language'] as const).flatMap((name) => {
          const { status, error } = essay[name]
          if (status !== 'failed') return []
          return {
            file: fileOfSlot(essay.slot, essay.fileName),
            what: html`${name}: ${error?.message ?? 'The reason was not recorded.'}${code(error?.code)}`,
            remedy: error?.remedy ?? 'Try this phase again.',
          }
        }),
      ),
    },
    {
      id: 'waiting',
      title: 'Waiting for a slot',
      counted: ['waiting for a slot', 'waiting for a slot'],
      items: taken
        .filter((file) => file.state === 'waiting-for-slot')
        .map((file) => ({
          file: named(file, hrefOf),
          what:
            results.capacity === null
              ? 'It has no slot yet.'
              : `All ${counted(results.capacity, 'slot')} of this batch are taken.`,
          remedy: 'It takes a slot by itself as soon as one is free: remove a file, or raise the capacity.',
        })),
    },
    {
      id: 'duplicates',
      title: 'Duplicates',
      counted: ['duplicate', 'duplicates'],
      items: taken.flatMap((file) => {
        if (!file.duplicateOf) return []
        const other = byId.get(file.duplicateOf)
        return {
          file: named(file, hrefOf),
          what: html`Its bytes are the same as those of ${other ? named(other, hrefOf) : 'another file'}.`,
          remedy: 'Remove one of the two, or leave both if that is right.',
        }
      }),
    },
    {
      id: 'remarks',
      title: 'Taken with a remark',
      counted: ['remark', 'remarks'],
      items: taken.flatMap((file) =>
        file.remarks.map((remark) => ({
          file: named(file, hrefOf),
          what: html`${remark.message}${code(remark.code)}`,
          remedy: 'Look at the text; replace the file if something is missing.',
        })),
      ),
    },
  ]
  return groups.filter((group) => group.items.length > 0)
}

const groupTable = (group: NeedGroup): Html =>
  html`<table class="needs" id="${group.id}">
    <caption>
      ${group.title}
      <span class="quiet">${group.items.length}</span>
    </caption>
    <thead>
      <tr>
        <th scope="col">File</th>
        <th scope="col">What happened</th>
        <th scope="col">What to do</th>
      </tr>
    </thead>
    <tbody>
      ${group.items.map(
        (item) =>
          html`<tr>
            <th scope="row">${item.file}</th>
            <td>${item.what}</td>
            <td>${item.remedy}</td>
          </tr>`,
      )}
    </tbody>
  </table>`

/** Files that are neither an essay in this report nor waiting for a person. */
function otherFiles(results: BatchResults): Html | null {
  const essays = new Set<string>(results.essays.map((essay) => essay.fileUploadId))
  const byId = new Map<string, FileView>(results.files.map((file) => [file.fileUploadId, file]))
  const others = results.files.filter((file) => {
    if (file.state === 'rejected' || file.state === 'waiting-for-slot') return false
    return file.state !== 'in-slot' || !essays.has(file.fileUploadId)
  })
  if (others.length === 0) return null
  return html`<div class="others">
    <h3>Other files <span class="quiet">${others.length}</span></h3>
    <ul>
      ${others.map((file) => {
        const by = file.replacedBy && byId.get(file.replacedBy)
        return html`<li>
          ${showFileName(file.fileName)}
          <span class="quiet"
            >${by ? html`replaced by ${showFileName(by.fileName)}` : stateInWords[file.state]}</span
          >
        </li>`
      })}
    </ul>
  </div>`
}

export const needsYouSection = (groups: readonly NeedGroup[], results: BatchResults): Html =>
  html`<section class="sheet" id="needs-you" aria-labelledby="needs-title">
    <h2 id="needs-title">Needs you</h2>
    ${groups.length === 0 ? html`<p class="empty">Nothing needs you.</p>` : groups.map(groupTable)}
    ${otherFiles(results)}
  </section>`
