import { reachability } from './reachability.ts'

const waitMs = 1000

/**
 * Loads a part of the app that is fetched when it is first wanted. A server that is being restarted just then would
 * leave the screen without it for ever: so it is asked for again once the server answers. What does not come from a
 * server that answers throws; a newer version has taken its place, and the page has to be loaded anew.
 */
export async function insist<T>(load: () => Promise<T>): Promise<T> {
  for (let answered = 0; ;)
    try {
      return await load()
    } catch (error) {
      if (answered++ === 2) throw error
      while (!(await answers())) {
        reachability.lost()
        await new Promise((done) => setTimeout(done, waitMs))
      }
    }
}

const answers = (): Promise<boolean> =>
  fetch('/health/live', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )
