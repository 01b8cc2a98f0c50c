import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Phase } from '#contracts/common.ts'
import type { UploadItem } from '#contracts/files.ts'
import { api, asProblem, type Problem } from '../../shared/api.ts'
import { queryClient } from '../../shared/queries.ts'
import { offerUndo } from '../../shared/undo.tsx'
import { isPassing, sendFile, waitMs } from '../../uploads/send.ts'
import { uploads } from '../../uploads/uploads.ts'
import { phaseOrder, type Line } from './line.ts'
import type { RowStore } from './rows.ts'

export interface FileActions {
  remove(lines: readonly Line[]): void
  restore(lines: readonly Line[]): void
  /** Asks for the new file, then sends it: the slot stays this file's until the new one is read. */
  replace(line: Line): void
  /** A new run over these essays: of a failed phase only that one and what depends on it. */
  retry(lines: readonly Line[]): void
  sendAgain(line: Line): void
  drop(line: Line): void
}

export interface Trouble {
  thing: string
  error: Problem
}

/** How many removals go out at once: a selection may hold thousands. */
const abreast = 4

async function each<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  await Promise.all(
    Array.from({ length: abreast }, async () => {
      for (const item of left) await act(item)
    }),
  )
}

/** What can be done with files of a batch. Done at once; what fails is said and the row says again what is so. */
export function useFileActions(
  batchId: string,
  rows: RowStore,
): { actions: FileActions; trouble: Trouble | null; dismiss: () => void } {
  const { t } = useTranslation('essays')
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const actions = useMemo((): FileActions => {
    const fail = (what: 'remove' | 'restore' | 'replace' | 'retry', name: string) => (error: unknown) =>
      setTrouble({ thing: t(`failed.${what}`, { name }), error: asProblem(error) })
    const renew = (): void => void queryClient.invalidateQueries({ queryKey: ['batch', batchId] })

    const act = async (
      lines: readonly Line[],
      what: 'remove' | 'restore',
      state: 'removed' | 'received',
    ): Promise<void> => {
      setTrouble(null)
      await each(lines, async ({ id, name }) => {
        rows.expect(id, { state })
        try {
          await (what === 'remove' ? api('DELETE', `files/${id}`) : api('POST', `files/${id}/restore`))
        } catch (error) {
          fail(what, name)(error)
        }
        rows.settle(id)
      })
      renew()
    }

    return {
      remove(lines) {
        const there = lines.filter(({ row, state }) => row && state !== 'removed' && state !== 'replaced')
        if (there.length === 0) return
        void act(there, 'remove', 'removed')
        const [only] = there
        offerUndo(
          there.length === 1 && only
            ? t('removed', { name: only.name })
            : t('removed-many', { count: there.length }),
          () => act(there, 'restore', 'received'),
        )
      },
      restore: (lines) => void act(lines, 'restore', 'received'),
      replace(line) {
        chooseFile((file) => {
          setTrouble(null)
          sendReplacement(line.id, file)
            .then((item) => {
              rows.take([item])
              rows.renew([line.id])
              renew()
            })
            .catch(fail('replace', line.name))
        })
      },
      retry(lines) {
        setTrouble(null)
        const essays = lines.flatMap(({ row }) => row?.essayId ?? [])
        const failed = failedPhases(lines)
        api('POST', `batches/${batchId}/pipeline-runs`, {
          key: crypto.randomUUID(),
          body: { essays, ...(failed.length > 0 ? { phases: failed } : {}) },
        })
          .then(() => {
            rows.renew(lines.map(({ id }) => id))
            renew()
          })
          .catch(fail('retry', lines[0]?.name ?? ''))
      },
      sendAgain: ({ id }) => uploads.retry(id),
      drop: ({ id }) => uploads.drop(id),
    }
  }, [batchId, rows, t])
  return { actions, trouble, dismiss: () => setTrouble(null) }
}

function failedPhases(lines: readonly Line[]): Phase[] {
  return phaseOrder.filter((phase) => lines.some(({ row }) => row?.phases[phase] === 'failed'))
}

function chooseFile(then: (file: File) => void): void {
  const input = document.createElement('input')
  input.type = 'file'
  // Within the page, or some browsers forget it before the file is chosen.
  input.hidden = true
  input.dataset.testid = 'choose-replacement'
  document.body.append(input)
  input.addEventListener('change', () => {
    const [file] = input.files ?? []
    input.remove()
    if (file) then(file)
  })
  input.addEventListener('cancel', () => input.remove())
  input.click()
}

/** With one key for all tries, so that a cut connection replaces nothing twice. */
async function sendReplacement(fileUploadId: string, file: File): Promise<UploadItem> {
  const key = crypto.randomUUID()
  for (let tries = 1; ; tries++) {
    try {
      return (await sendFile(`/api/v1/files/${fileUploadId}/replace`, file, file.name, key, () => {})
        .answer) as UploadItem
    } catch (error) {
      const problem = asProblem(error)
      if (!isPassing(problem) || tries === 8) throw problem
      await new Promise((resolve) => setTimeout(resolve, waitMs(problem, tries)))
    }
  }
}
