import { useTranslation } from 'react-i18next'
import { Page } from '../../shared/Page.tsx'

export function SignIn() {
  const { t } = useTranslation('sign-in')
  return <Page title={t('title')}>{null}</Page>
}
