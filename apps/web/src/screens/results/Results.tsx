import { useTranslation } from 'react-i18next'
import { Page } from '../../shared/Page.tsx'

export function Results() {
  const { t } = useTranslation('results')
  return <Page title={t('title')}>{null}</Page>
}
