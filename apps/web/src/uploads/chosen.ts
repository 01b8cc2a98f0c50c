// Which files of a drop are taken: everything in the folders, by the same rules as the command line.

/** A file as it will be named to the server: within a dropped folder by its path in it. */
export interface Chosen {
  name: string
  file: File
}

export interface Choice {
  files: Chosen[]
  /** Names that are no essays: hidden files, lock files of open documents. */
  leftOut: string[]
  /** Of the one folder that was dropped, else null. */
  folder: string | null
}

const isNoEssay = (own: string): boolean =>
  own.startsWith('~$') ||
  own.startsWith('.') ||
  own === '__MACOSX' ||
  own === 'Thumbs.db' ||
  own === 'desktop.ini'

/** From a file dialog; one for folders gives each file its path. */
export function choiceOfInput(list: FileList): Choice {
  const choice: Choice = { files: [], leftOut: [], folder: null }
  for (const file of list) {
    const path = file.webkitRelativePath.split('/')
    if (path.length > 1) choice.folder = path[0] ?? null
    take(choice, path.length > 1 ? path.slice(1).join('/') : file.name, file)
  }
  return choice
}

/** From a drop. Must be called within the event: afterwards the browser forgets what was dropped. */
export async function choiceOfDrop(transfer: DataTransfer): Promise<Choice> {
  const choice: Choice = { files: [], leftOut: [], folder: null }
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  if (entries.length === 0) for (const file of transfer.files) take(choice, file.name, file)
  const [first] = entries
  if (entries.length === 1 && first?.isDirectory) choice.folder = first.name
  // A folder among other things keeps its name, so that two folders do not mix.
  for (const entry of entries)
    await walk(choice, entry, entry.isDirectory && choice.folder === null ? `${entry.name}/` : '')
  return choice
}

async function walk(choice: Choice, entry: FileSystemEntry, prefix: string): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    )
    take(choice, `${prefix}${file.name}`, file)
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  for (;;) {
    // At most 100 come at once; none means all have come.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return
    for (const inner of some) {
      if (isNoEssay(inner.name)) choice.leftOut.push(`${prefix}${inner.name}`)
      else await walk(choice, inner, inner.isDirectory ? `${prefix}${inner.name}/` : prefix)
    }
  }
}

function take(choice: Choice, name: string, file: File): void {
  if (name.split('/').some(isNoEssay)) choice.leftOut.push(name)
  else choice.files.push({ name, file })
}
