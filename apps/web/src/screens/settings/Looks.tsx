import { NativeSelect, Radio, Stack, Switch, Text, useMantineColorScheme } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSingleKeys } from '../../shared/keys.tsx'
import { Section } from './Section.tsx'

const schemes = ['auto', 'light', 'dark'] as const

/** Light or dark, keys, language: kept in this browser. */
export function Looks() {
  const { t } = useTranslation('settings')
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [single, setSingle] = useSingleKeys()
  return (
    <Section title={t('looks.title')}>
      <Text size="sm" c="dimmed">
        {t('looks.kept')}
      </Text>
      <Radio.Group
        label={t('looks.appearance')}
        value={colorScheme}
        onChange={(chosen) => setColorScheme(schemes.find((scheme) => scheme === chosen) ?? 'auto')}
      >
        <Stack gap="xs" mt="xs">
          {schemes.map((scheme) => (
            <Radio key={scheme} value={scheme} label={t(`looks.${scheme}`)} />
          ))}
        </Stack>
      </Radio.Group>
      <Switch
        checked={single}
        onChange={(event) => setSingle(event.currentTarget.checked)}
        label={t('looks.keys')}
        description={t('looks.keys-why')}
      />
      <NativeSelect
        maw="16rem"
        label={t('looks.language')}
        description={t('looks.language-why')}
        value="en"
        data={[{ value: 'en', label: t('looks.english') }]}
        onChange={() => {}}
      />
    </Section>
  )
}
