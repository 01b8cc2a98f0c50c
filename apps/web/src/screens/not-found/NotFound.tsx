import { Button, Container } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../shared/EmptyState.tsx'
import { Page } from '../../shared/Page.tsx'

export function NotFound() {
  const { t } = useTranslation('shell')
  return (
    <Container component="main" size="40rem" py="xl">
      <Page title={t('not-found.title')}>
        <EmptyState
          action={
            <Button component={Link} to="/">
              {t('not-found.home')}
            </Button>
          }
        >
          {t('not-found.why')}
        </EmptyState>
      </Page>
    </Container>
  )
}
