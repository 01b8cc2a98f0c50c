import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Makes the names in a folder survive a power cut; where folders cannot be synced (Windows) it does nothing. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null)
  if (handle === null) return
  await handle.sync().catch(() => {})
  await handle.close()
}

/** Writes a file so that, whatever happens, its old or its new content is there, whole and synced. */
export async function writeDurably(path: string, content: string, mode = 0o600): Promise<void> {
  const partial = `${path}.${randomUUID()}`
  const handle = await open(partial, 'wx', mode)
  try {
    await handle.writeFile(content)
    await handle.sync()
    await handle.close()
    await rename(partial, path)
  } catch (error) {
    await handle.close().catch(() => {})
    await rm(partial, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/** Makes a folder and those above it that are missing, each synced into its parent. */
export async function makeFolderDurably(folder: string, mode = 0o700): Promise<void> {
  try {
    await mkdir(folder, { mode })
  } catch (error) {
    const code = (error as { code?: string }).code
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    await makeFolderDurably(dirname(folder), mode)
    return makeFolderDurably(folder, mode)
  }
  await syncFolder(dirname(folder))
}
