import { Kbd, Modal, Stack, Switch, Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSingleKeys, type Key } from './keys.tsx'

const names: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Delete: 'Del',
  ' ': 'Space',
}

/** All keys of the screen that is shown, and the switch for those of one letter. */
export function KeyDialog({ keys, onClose }: { keys: readonly Key[]; onClose: () => void }) {
  const { t } = useTranslation()
  const [single, setSingle] = useSingleKeys()
  return (
    <Modal opened onClose={onClose} title={t('keys.title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack>
        <Table>
          <Table.Tbody>
            {keys.map(({ key, ctrl, says }) => (
              <Table.Tr key={`${ctrl}${key}${says}`}>
                <Table.Td w="8rem" translate="no">
                  {ctrl ? <Kbd>Ctrl</Kbd> : null} <Kbd>{names[key] ?? key}</Kbd>
                </Table.Td>
                <Table.Td>{says}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Switch
          checked={single}
          onChange={(event) => setSingle(event.currentTarget.checked)}
          label={t('keys.single')}
          description={t('keys.single-why')}
        />
        <Text size="sm" c="dimmed">
          {t('keys.undo')}
        </Text>
      </Stack>
    </Modal>
  )
}
