import { Button, Group, NativeSelect, TextInput, UnstyledButton } from '@mantine/core'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeys } from '../../shared/keys.tsx'
import { filters, sortKeys, type Filter, type SortKey } from './line.ts'
import classes from './essays.module.css'

interface ToolbarProps {
  counts: Record<Filter, number>
  filter: Filter
  search: string
  sort: { key: SortKey; descending: boolean }
  change: (some: { filter?: Filter; search?: string; sort?: { key: SortKey; descending: boolean } }) => void
}

export function Toolbar({ counts, filter, search, sort, change }: ToolbarProps) {
  const { t } = useTranslation('essays')
  const field = useRef<HTMLInputElement>(null)
  useKeys([
    {
      key: '/',
      says: t('keys.search'),
      run: () => {
        field.current?.focus()
        field.current?.select()
      },
    },
  ])
  return (
    <Group justify="space-between" gap="sm">
      <div role="group" aria-label={t('filter.label')} className={classes.chips}>
        {filters.map((one) => (
          <UnstyledButton
            key={one}
            className={classes.chip}
            aria-pressed={filter === one}
            data-needs={(one === 'needs-you' && counts[one] > 0) || undefined}
            onClick={() => change({ filter: one })}
          >
            {t(`filter.${one}`)} <span className={classes.count}>{counts[one]}</span>
          </UnstyledButton>
        ))}
      </div>
      <Group gap="xs" wrap="nowrap" className={classes.find}>
        <NativeSelect
          className={classes.sort}
          aria-label={t('sort-by')}
          value={`${sort.key} ${sort.descending ? 'desc' : 'asc'}`}
          onChange={({ currentTarget: { value } }) => {
            const [key, order] = value.split(' ')
            change({ sort: { key: key as SortKey, descending: order === 'desc' } })
          }}
          data={sortKeys.flatMap((key) => [
            { value: `${key} asc`, label: `${t(`sort.${key}`)} ↑` },
            { value: `${key} desc`, label: `${t(`sort.${key}`)} ↓` },
          ])}
        />
        <TextInput
          ref={field}
          type="search"
          className={classes.search}
          aria-label={t('search')}
          placeholder={t('search-short')}
          value={search}
          onChange={(event) => change({ search: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') change({ search: '' })
          }}
        />
      </Group>
    </Group>
  )
}

/** What can be done with what is selected; nothing while nothing is. */
export function SelectionBar({
  count,
  onRemove,
  onRetry,
  onClear,
}: {
  count: number
  onRemove: () => void
  onRetry: () => void
  onClear: () => void
}) {
  const { t } = useTranslation('essays')
  return (
    <div role="status">
      {count > 0 ? (
        <Group gap="xs">
          <strong>{t('selected', { count })}</strong>
          <Button size="compact-sm" variant="default" onClick={onRemove}>
            {t('do.remove')}
          </Button>
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            {t('do.retry')}
          </Button>
          <Button size="compact-sm" variant="subtle" onClick={onClear}>
            {t('selected-none')}
          </Button>
        </Group>
      ) : null}
    </div>
  )
}
