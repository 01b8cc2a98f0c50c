// What was chosen and not yet answered is written down by name, so that after the tab was closed the rest can be
// named; the files themselves a page cannot keep. A file chosen again keeps its key: had its first request arrived
// after all, the server answers it as the same one.

export interface Unsent {
  key: string
  name: string
  sizeBytes: number
}

/** One list per tab: two tabs that send into one batch do not overwrite each other's. */
const tab = (sessionStorage['assay.tab'] ??= crypto.randomUUID()) as string
const prefix = 'assay.unsent'
const nameOf = (batchId: string, of: string): string => `${prefix}.${batchId}.${of}`
const held = `${prefix}.${tab}`

// Held while the tab lives, so that another one does not take its files for left behind.
void navigator.locks?.request(held, () => new Promise(() => {}))

export function rememberUnsent(batchId: string, unsent: readonly Unsent[]): void {
  const now = unsent.map(({ key, name, sizeBytes }) => ({ key, name, sizeBytes }))
  write(nameOf(batchId, tab), now)
  // What is chosen again is on its way again: no older list names it any more.
  const keys = new Set(now.map(({ key }) => key))
  for (const [name, list] of lists(batchId))
    if (!name.endsWith(tab) && list.some(({ key }) => keys.has(key)))
      write(
        name,
        list.filter(({ key }) => !keys.has(key)),
      )
}

/** Answered keys, gathered: a list of thousands is not written for each file. */
const answered = new Map<string, Set<string>>()
let timer: ReturnType<typeof setTimeout> | undefined

export function forgetUnsent(batchId: string, key: string): void {
  const keys = answered.get(batchId) ?? new Set()
  answered.set(batchId, keys.add(key))
  timer ??= setTimeout(writeAnswered, 500)
}

function writeAnswered(): void {
  timer = undefined
  for (const [batchId, keys] of answered) {
    const name = nameOf(batchId, tab)
    write(
      name,
      read(name).filter(({ key }) => !keys.has(key)),
    )
  }
  answered.clear()
}
addEventListener('pagehide', writeAnswered)

/** What earlier visits left behind, in tabs that are closed or were loaded anew. */
export async function findUnsent(batchId: string, sending: readonly { key: string }[]): Promise<Unsent[]> {
  const state = await navigator.locks?.query()
  const alive = new Set(state?.held?.map(({ name }) => name))
  const mine = new Set(sending.map(({ key }) => key))
  return lists(batchId).flatMap(([name, list]) => {
    const of = name.slice(nameOf(batchId, '').length)
    if (of !== tab && alive.has(`${prefix}.${of}`)) return []
    return list.filter(({ key }) => !mine.has(key) && !answered.get(batchId)?.has(key))
  })
}

/** The teacher does not want them named any more. */
export function dismissUnsent(batchId: string, dismissed: readonly Unsent[]): void {
  const keys = new Set(dismissed.map(({ key }) => key))
  for (const [name, list] of lists(batchId))
    write(
      name,
      list.filter(({ key }) => !keys.has(key)),
    )
}

export const keyOfUnsent = (batchId: string, name: string, sizeBytes: number): string | undefined =>
  lists(batchId)
    .flatMap(([, list]) => list)
    .find((one) => one.name === name && one.sizeBytes === sizeBytes)?.key

function lists(batchId: string): [name: string, list: Unsent[]][] {
  return Object.keys(localStorage)
    .filter((name) => name.startsWith(nameOf(batchId, '')))
    .map((name) => [name, read(name)])
}

function read(name: string): Unsent[] {
  try {
    return JSON.parse(localStorage.getItem(name) ?? '[]') as Unsent[]
  } catch {
    return []
  }
}

function write(name: string, list: readonly Unsent[]): void {
  try {
    if (list.length === 0) localStorage.removeItem(name)
    else localStorage.setItem(name, JSON.stringify(list))
  } catch {
    // Storage is full or forbidden: then only this tab knows what it has not sent.
  }
}
