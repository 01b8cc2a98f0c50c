import { useTranslation } from 'react-i18next'
import { Page } from '../../shared/Page.tsx'

export function NewBatch() {
  const { t } = useTranslation('new-batch')
  return <Page title={t('title')}>{null}</Page>
}
