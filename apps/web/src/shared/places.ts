const here = 'http://this.app'

/** True for a place of this app: a path that no browser takes for another host (`//host`, `/\host`, `/⇥/host`). */
export const isOwnPlace = (place: unknown): place is string =>
  typeof place === 'string' &&
  place.startsWith('/') &&
  URL.canParse(place, here) &&
  new URL(place, here).origin === here
