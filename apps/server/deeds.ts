/** What stands still while a subscription stands still: for an administrator, who knows none of our names. */
const deeds: Readonly<Record<string, string>> = {
  files: 'notes on each file which slot its essay has',
  essays: 'gives each file that was read a slot of its batch',
  batches: 'starts the phases of a run and notices when they are done',
  spelling: 'checks the spelling of essays',
  language: 'measures the language of essays',
  results: 'gathers findings and phases for the results page',
  realtime: 'tells open pages what happens',
  trace: 'writes down where each file has been',
  health: 'proves that events are handled at all',
}

/** The service of a subscription is the part of its name before the dot. */
export const deedOf = (subscription: string): { service: string; does: string } => {
  const service = subscription.split('.')[0] ?? subscription
  return { service, does: deeds[subscription] ?? `handles the events that ${service} hears` }
}

export const describedSubscriptions = (): string[] => Object.keys(deeds)
