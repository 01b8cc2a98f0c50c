import { useTranslation } from 'react-i18next'
import { Page } from '../../shared/Page.tsx'

export function Essay() {
  const { t } = useTranslation('essay')
  return <Page title={t('title')}>{null}</Page>
}
