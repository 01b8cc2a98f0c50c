import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { BatchView } from '#contracts/batches.ts'
import { figuresLocale } from '../../locales/language.ts'
import { api } from '../../shared/api.ts'
import { queryClient } from '../../shared/queries.ts'
import type { Choice } from '../../uploads/chosen.ts'

/** Makes a batch of what was dropped, with sensible defaults, and goes to it; the files go out meanwhile. */
export function useBatchOfDrop(
  say: (what: 'making' | 'nothing' | { error: unknown } | null) => void,
): (choice: Choice) => Promise<void> {
  const { t } = useTranslation('home')
  const navigate = useNavigate()
  return async ({ files, folder }) => {
    if (files.length === 0) return say('nothing')
    say('making')
    const date = new Date().toLocaleString(figuresLocale, {
      day: 'numeric',
      month: 'long',
      hour: '2-digit',
      minute: '2-digit',
    })
    const [archive] = files.length === 1 ? files : []
    const title = folder ?? archive?.name.match(/^(.+)\.zip$/i)?.[1] ?? t('dropped-title', { date })
    try {
      const [batch, { uploads }] = await Promise.all([
        api<BatchView>('POST', 'batches', {
          key: crypto.randomUUID(),
          body: { title: title.slice(0, 200), runWhenQuiet: true },
        }),
        import('../../uploads/uploads.ts'),
      ])
      uploads.add(batch.batchId, files)
      queryClient.setQueryData(['batch', batch.batchId], batch)
      void queryClient.invalidateQueries({ queryKey: ['batches'] })
      say(null)
      await navigate({ to: '/batches/$batchId', params: { batchId: batch.batchId } })
    } catch (error) {
      say({ error })
    }
  }
}
