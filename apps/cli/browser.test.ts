import { expect, test } from 'vitest'
import { browserOpener } from './browser.ts'

test('the browser is opened only where someone sits before a screen', () => {
  expect(browserOpener('linux', { DISPLAY: ':0' }, true)).toEqual(['xdg-open'])
  expect(browserOpener('linux', { WAYLAND_DISPLAY: 'wayland-0' }, true)).toEqual(['xdg-open'])
  expect(browserOpener('darwin', {}, true)).toEqual(['open'])
  expect(browserOpener('win32', {}, true)?.[0]).toBe('cmd')
  expect(browserOpener('linux', {}, true)).toBe(null)
  expect(browserOpener('linux', { DISPLAY: ':0' }, false)).toBe(null)
  expect(browserOpener('darwin', { CI: 'true' }, true)).toBe(null)
})
