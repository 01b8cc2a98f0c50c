import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** The most JavaScript the first screen may load, in kB (1000 bytes) gzipped: more fails the build. */
const firstScreenLimit = 250

/** Writes each asset compressed beside itself, and measures what the first screen loads. */
function compress(): Plugin {
  return {
    name: 'compress',
    apply: 'build',
    writeBundle({ dir }, bundle) {
      const gzipped = new Map<string, number>()
      for (const [name, item] of Object.entries(bundle)) {
        const path = `${dir}/${name}`
        if (!/\.(js|css|svg)$/.test(name)) continue
        const bytes = readFileSync(path)
        const gz = gzipSync(bytes, { level: 9 })
        if (item.type === 'chunk') gzipped.set(name, gz.length)
        writeFileSync(`${path}.gz`, gz)
        writeFileSync(`${path}.br`, brotliCompressSync(bytes))
      }
      const first = new Set<string>()
      const take = (name: string): void => {
        const chunk = bundle[name]
        if (chunk?.type !== 'chunk' || first.has(name)) return
        first.add(name)
        chunk.imports.forEach(take)
      }
      for (const [name, item] of Object.entries(bundle)) if (item.type === 'chunk' && item.isEntry) take(name)
      const kilobytes = [...first].reduce((sum, name) => sum + (gzipped.get(name) ?? 0), 0) / 1000
      writeFileSync(`${dir}/first-screen.json`, JSON.stringify({ gzippedKilobytes: kilobytes }))
      if (kilobytes > firstScreenLimit)
        this.error(
          `the first screen loads ${kilobytes.toFixed(1)} kB of JavaScript, gzipped; ${firstScreenLimit} are allowed`,
        )
    },
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), compress()],
  resolve: { alias: { '#contracts': fileURLToPath(new URL('../../contracts', import.meta.url)) } },
  build: {
    target: 'es2023',
    // Small files as data: URIs would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What every screen needs is one file, which compresses better than thirty.
        codeSplitting: {
          groups: [
            {
              name: 'base',
              test: /node_modules[\\/](react|react-dom|scheduler|i18next|react-i18next|@tanstack[\\/](?!react-virtual|virtual-core)[a-z-]+|use-sync-external-store|clsx)[\\/]|[\\/]web[\\/]src[\\/](live|shell|theme|router)|[\\/]shared[\\/](?!KeyDialog)\w+\.tsx?$/,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { '^/(api|health|metrics|realtime)': { target: 'http://127.0.0.1:4400', ws: true } } },
})
