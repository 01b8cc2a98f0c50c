import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

/** The one accent. White on shades 6 and 7, and shade 3 on the dark ground, reach 4.5:1. */
const ink: MantineColorsTuple = [
  '#ecf8f6',
  '#d5edea',
  '#a9dad4',
  '#74c5bb',
  '#4aafa4',
  '#2b968b',
  '#157f75',
  '#0e6b64',
  '#0c5751',
  '#08423e',
]

/** The dark ground and its lines, a little of the accent in them. */
const night: MantineColorsTuple = [
  '#e6eae9',
  '#c3cbc9',
  '#a3aeab',
  '#7c8785',
  '#414b49',
  '#333b39',
  '#232a28',
  '#1b201f',
  '#131716',
  '#0d100f',
]

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 6 },
  colors: { ink, dark: night },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.625rem', lineHeight: '1.25' }, h2: { fontSize: '1.125rem' } },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
})

/** Names for what colours mean here; use these, never a shade. */
export const colours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--ground': '#f7f8f7',
    '--paper': '#ffffff',
    '--line': '#dde2e0',
    '--quiet': '#56615e',
    '--accent': '#0e6b64',
    '--accent-soft': '#e4f2f0',
    '--attention': '#a23b12',
    '--attention-soft': '#fcefe8',
    '--mantine-color-body': '#f7f8f7',
    '--mantine-color-text': '#1a2220',
    '--mantine-color-dimmed': '#56615e',
    '--mantine-color-error': '#a23b12',
    '--mantine-color-placeholder': '#66716e',
  },
  dark: {
    '--ground': '#131716',
    '--paper': '#1b201f',
    '--line': '#333b39',
    '--quiet': '#a3aeab',
    '--accent': '#74c5bb',
    '--accent-soft': '#1d3431',
    '--attention': '#f2a07c',
    '--attention-soft': '#3a231a',
    '--mantine-color-body': '#131716',
    '--mantine-color-text': '#e6eae9',
    '--mantine-color-dimmed': '#a3aeab',
    '--mantine-color-error': '#f2a07c',
    '--mantine-color-placeholder': '#97a29f',
  },
})
