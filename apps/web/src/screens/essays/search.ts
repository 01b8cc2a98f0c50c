import { filters, sortKeys, type Filter, type SortKey } from './line.ts'

/** What of the Essays screen is in its URL: `?show=needs-you&q=maria&sort=words&order=desc`. */
export interface EssaysSearch {
  show?: Filter
  q?: string
  sort?: SortKey
  order?: 'desc'
}

/** From any URL: what is not known is left out. */
export function validateEssaysSearch(given: Record<string, unknown>): EssaysSearch {
  const show = filters.find((one) => one === given.show)
  const sort = sortKeys.find((one) => one === given.sort)
  const q = typeof given.q === 'string' || typeof given.q === 'number' ? String(given.q) : ''
  return {
    ...(show && show !== 'all' ? { show } : {}),
    ...(q === '' ? {} : { q }),
    ...(sort && sort !== 'received' ? { sort } : {}),
    ...(given.order === 'desc' ? { order: 'desc' } : {}),
  }
}

export interface View {
  filter: Filter
  search: string
  sort: { key: SortKey; descending: boolean }
}

export const readSearch = ({ show, q, sort, order }: EssaysSearch): View => ({
  filter: show ?? 'all',
  search: q ?? '',
  sort: { key: sort ?? 'received', descending: order === 'desc' },
})

export const writeSearch = ({ filter, search, sort }: View): EssaysSearch =>
  validateEssaysSearch({
    show: filter,
    q: search,
    sort: sort.key,
    order: sort.descending ? 'desc' : undefined,
  })
