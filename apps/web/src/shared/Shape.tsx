/** A state as a shape, so that colour is never alone; the word beside it is the caller's. */
export type ShapeName = 'empty' | 'waiting' | 'working' | 'done' | 'attention' | 'removed' | 'paused'

const paths: Record<ShapeName, React.ReactNode> = {
  empty: <circle cx="8" cy="8" r="5.5" strokeDasharray="2.4 2.4" />,
  waiting: <circle cx="8" cy="8" r="5.5" />,
  working: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" stroke="none" />
    </>
  ),
  done: (
    <>
      <circle cx="8" cy="8" r="6.2" fill="currentColor" stroke="none" />
      <path d="m5 8.2 2.1 2.1L11 6.2" stroke="var(--paper)" strokeWidth="1.6" />
    </>
  ),
  attention: (
    <>
      <path d="M8 1.8 14.8 14H1.2z" strokeLinejoin="round" />
      <path d="M8 6.4v3.4M8 11.6v.4" />
    </>
  ),
  removed: <path d="m4 4 8 8m0-8-8 8" />,
  paused: <path d="M5.5 3.5v9m5-9v9" strokeWidth="2.2" />,
}

export function Shape({ name, size = 16 }: { name: ShapeName; size?: number }) {
  const colour =
    name === 'attention'
      ? 'var(--attention)'
      : name === 'done' || name === 'working'
        ? 'var(--accent)'
        : 'var(--quiet)'
  return (
    <svg
      aria-hidden
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      color={colour}
      style={{ flexShrink: 0 }}
      overflow="visible"
    >
      {paths[name]}
    </svg>
  )
}
