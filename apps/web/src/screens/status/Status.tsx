import { useTranslation } from 'react-i18next'
import { Page } from '../../shared/Page.tsx'

export function Status() {
  const { t } = useTranslation('status')
  return <Page title={t('title')}>{null}</Page>
}
