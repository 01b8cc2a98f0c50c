import { Button, Group, Paper, Progress, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from '../../shared/store.ts'
import { figuresLocale } from '../../locales/language.ts'
import { dismissUnsent, findUnsent, type Unsent } from '../../uploads/unsent.ts'
import { uploads } from '../../uploads/uploads.ts'

const megabytes = new Intl.NumberFormat(figuresLocale, {
  style: 'unit',
  unit: 'megabyte',
  maximumFractionDigits: 1,
})

/** How far the sending is in all; nothing when all is answered. */
export function UploadPanel() {
  const { t } = useTranslation('essays')
  const all = useStore(uploads.uploads)
  const progress = useStore(uploads.progress)
  if (progress.files === 0 || progress.files === progress.answered) return null
  const cut = all.some(({ state }) => state === 'waiting')
  const line = t('sending.line', { answered: progress.answered, files: progress.files })
  return (
    <Paper withBorder p="md" bg="var(--paper)">
      <Group justify="space-between" gap="xs">
        <Text fw={600}>{line}</Text>
        <Text size="sm" c="dimmed">
          {t('sending.bytes', {
            sent: megabytes.format(progress.sentBytes / 1e6),
            all: megabytes.format(progress.bytes / 1e6),
          })}
        </Text>
      </Group>
      <Progress
        my={8}
        aria-label={t('sending.label')}
        value={progress.bytes === 0 ? 0 : (100 * progress.sentBytes) / progress.bytes}
      />
      <Text size="sm" c={cut ? 'var(--attention)' : 'dimmed'} role={cut ? 'status' : undefined}>
        {cut ? t('sending.cut') : t('sending.leave')}
      </Text>
    </Paper>
  )
}

const named = 5

/** Files of an earlier visit that were not answered: a page cannot keep them, so it names them. */
export function UnsentNotice({ batchId }: { batchId: string }) {
  const { t } = useTranslation('essays')
  const sending = useStore(uploads.uploads)
  const [unsent, setUnsent] = useState<readonly Unsent[]>([])
  useEffect(() => {
    let shown = true
    void findUnsent(batchId, sending).then((found) => shown && setUnsent(found))
    return () => void (shown = false)
  }, [batchId, sending])
  if (unsent.length === 0) return null
  const names = unsent
    .slice(0, named)
    .map(({ name }) => name)
    .join(', ')
  const more = unsent.length - named
  return (
    <Paper withBorder p="md" bg="var(--attention-soft)" role="status">
      <Group justify="space-between" gap="sm">
        <Text flex={1} miw="16rem">
          {t('unsent.said', {
            count: unsent.length,
            names: more > 0 ? t('unsent.more', { names, count: more }) : names,
          })}
        </Text>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            dismissUnsent(batchId, unsent)
            setUnsent([])
          }}
        >
          {t('unsent.dismiss')}
        </Button>
      </Group>
    </Paper>
  )
}
