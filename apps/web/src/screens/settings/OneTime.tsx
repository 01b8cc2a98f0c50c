import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import type { OneTimeLink } from '#contracts/identity.ts'
import type { z } from 'zod'
import classes from './settings.module.css'
import { sayMoment } from './words.ts'

export type Link = z.infer<typeof OneTimeLink>

/** A link that is shown this once, to be copied. */
export function OneTime({ link, email, onClose }: { link: Link; email: string; onClose: () => void }) {
  const { t } = useTranslation(['settings', 'shared'])
  const clipboard = useClipboard({ timeout: 3000 })
  return (
    <Stack gap="xs" className={classes.link} role="status">
      <Text fw={600}>{t('settings:link.for', { email })}</Text>
      <Text>{t('settings:link.once', { email })}</Text>
      {link.mailed ? <Text>{t('settings:link.mailed', { email })}</Text> : null}
      <TextInput
        readOnly
        label={t('settings:link.label')}
        description={t('settings:link.until', { date: sayMoment(link.expiresAt) })}
        value={link.link}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Group gap="sm">
        <Button onClick={() => clipboard.copy(link.link)}>
          {clipboard.copied ? t('shared:copied') : t('settings:link.copy')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('settings:link.close')}
        </Button>
      </Group>
    </Stack>
  )
}
