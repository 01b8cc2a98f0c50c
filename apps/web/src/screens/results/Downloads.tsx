import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'

const formats = ['html', 'xlsx', 'csv', 'json'] as const

/** The results as files; the report is the page to print. */
export function Downloads({ batchId }: { batchId: string }) {
  const { t } = useTranslation('results')
  return formats.map((format) => (
    <Button
      key={format}
      component="a"
      size="xs"
      variant="default"
      href={`/api/v1/batches/${batchId}/export?format=${format}`}
      download
      title={t(`download.${format}-why`)}
    >
      {t(`download.${format}`)}
    </Button>
  ))
}
