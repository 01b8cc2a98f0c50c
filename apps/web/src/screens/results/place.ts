import { columns, type Column, type Order } from './sorting.ts'

/** What the address of the Results screen says besides the batch. */
export interface ResultsPlace {
  sort?: Column
  order?: Order
  /** Names of the plots that are shown as tables, separated by commas. */
  tables?: string
  /** Show what is there before a run has ended. */
  partial?: boolean
}

export const readResultsPlace = ({
  sort,
  order,
  tables,
  partial,
}: Record<string, unknown>): ResultsPlace => ({
  ...(columns.includes(sort as Column) ? { sort: sort as Column } : {}),
  ...(order === 'asc' || order === 'desc' ? { order } : {}),
  ...(typeof tables === 'string' ? { tables } : {}),
  ...(partial === true ? { partial } : {}),
})
