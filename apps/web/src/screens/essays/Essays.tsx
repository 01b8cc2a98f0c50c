import { useTranslation } from 'react-i18next'
import { Page } from '../../shared/Page.tsx'

export function Essays() {
  const { t } = useTranslation('essays')
  return <Page title={t('title')}>{null}</Page>
}
