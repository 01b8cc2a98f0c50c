import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'

/** Copies a machine's name for a thing: an id, a code, a reference. */
export function CopyButton({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation()
  const clipboard = useClipboard({ timeout: 2000 })
  return (
    <Button size="xs" variant="subtle" title={value} onClick={() => clipboard.copy(value)}>
      <span aria-live="polite">{clipboard.copied ? t('copied') : label}</span>
    </Button>
  )
}
