import { Container, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useConnection } from '../shared/live.ts'
import { sayClock } from '../shared/time.ts'
import classes from './shell.module.css'

/** Says when this page does not hear at once what happens, and since when. Nothing while all is well. */
export function ConnectionBanner() {
  const { t } = useTranslation('shell')
  const { state, since } = useConnection()
  return (
    <div role="status">
      {state === 'offline' || state === 'polling' ? (
        <div className={state === 'offline' ? classes.lost : classes.polling}>
          <Container size="80rem">
            <Text size="sm">
              {state === 'offline'
                ? t('connection.lost', { time: since ? sayClock(since) : '' })
                : t('connection.polling')}
            </Text>
          </Container>
        </div>
      ) : null}
    </div>
  )
}
