import 'i18next'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shared'
    resources: {
      shared: typeof import('./en/shared.json')
      shell: typeof import('./en/shell.json')
      home: typeof import('./en/home.json')
      'new-batch': typeof import('./en/new-batch.json')
      essays: typeof import('./en/essays.json')
      essay: typeof import('./en/essay.json')
      results: typeof import('./en/results.json')
      trace: typeof import('./en/trace.json')
      status: typeof import('./en/status.json')
      services: typeof import('./en/services.json')
      settings: typeof import('./en/settings.json')
      'sign-in': typeof import('./en/sign-in.json')
    }
  }
}
