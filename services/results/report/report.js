// Sorting by a click on a heading, and the mark and its line lit together. Without it the report reads the same.
for (const table of document.querySelectorAll('table.sortable')) {
  const body = table.tBodies[0]
  const headings = [...table.tHead.rows[0].cells]
  headings.forEach((heading, column) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.append(...heading.childNodes)
    heading.append(button)
    button.addEventListener('click', () => {
      const down = heading.getAttribute('aria-sort') === 'ascending'
      for (const other of headings) other.removeAttribute('aria-sort')
      heading.setAttribute('aria-sort', down ? 'descending' : 'ascending')
      const numeric = heading.classList.contains('n') || column === headings.length - 1
      const keyed = [...body.rows].map((row) => ({ row, key: row.cells[column].dataset.sort }))
      keyed.sort((a, b) => {
        if (!a.key || !b.key) return Number(!a.key) - Number(!b.key)
        const order = numeric ? a.key - b.key : a.key.localeCompare(b.key, undefined, { numeric: true })
        return down ? -order : order
      })
      body.append(...keyed.map(({ row }) => row))
    })
  })
}

let lit = []
const light = (event) => {
  const key = event.target.closest?.('[data-pair]')?.dataset.pair
  for (const element of lit) element.classList.remove('lit')
  lit = key ? [...document.querySelectorAll(`[data-pair="${key}"]`)] : []
  for (const element of lit) element.classList.add('lit')
}
document.addEventListener('pointerover', light)
document.addEventListener('focusin', light)
