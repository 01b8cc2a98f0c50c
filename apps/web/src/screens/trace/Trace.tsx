import { useTranslation } from 'react-i18next'
import { Page } from '../../shared/Page.tsx'

export function Trace() {
  const { t } = useTranslation('trace')
  return <Page title={t('title')}>{null}</Page>
}
