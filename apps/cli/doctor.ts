import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { openLocal } from '#apps/server/local.ts'
import { Client } from './client.ts'
import { print, printJson } from './connect.ts'
import { configOf, type DataFlags } from './flags.ts'
import { paint } from './terminal.ts'

interface Check {
  name: string
  ok: boolean
  detail: string
  remedy?: string
}

const enoughBytes = 1024 ** 3

/** Looks at everything, top down; what stands on something broken is not asked. Exit 0 when all is well. */
export async function doctor(flags: DataFlags): Promise<void> {
  const config = configOf(flags)
  const checks: Check[] = []
  const major = Number(process.versions.node.split('.')[0])
  checks.push({
    name: 'Node',
    ok: major >= 24,
    detail: `version ${process.versions.node}`,
    remedy: 'Run "npm ci" in the project: it brings Node 24.',
  })
  const disk = await statfs(config.data).catch(() => statfs(dirname(config.data)).catch(() => null))
  if (disk) {
    const free = disk.bavail * disk.bsize
    checks.push({
      name: 'disk',
      ok: free > enoughBytes,
      detail: `${(free / 1024 ** 3).toFixed(1)} GB free for ${config.data}`,
      remedy: 'Free some space: a class of 30 needs about 50 MB.',
    })
  }
  try {
    const local = await openLocal({ ...config, port: 0 })
    try {
      checks.push({
        name: 'data folder',
        ok: true,
        detail: local.running
          ? `served by process ${local.running.pid} on ${local.running.url}`
          : `${config.data}, served by nobody at the moment`,
      })
      const health = await new Client(local.url, local.token).getHealth()
      for (const part of health.dependencies)
        checks.push({
          name: part.name,
          ok: part.status === 'up',
          detail: part.error ?? 'answers',
          remedy: part.required
            ? 'Look into postgres.log in the data folder, then start again.'
            : 'Assay works without it, with the loss that is named.',
        })
      for (const each of health.subscriptions)
        checks.push({
          name: `subscription ${each.name}`,
          ok: each.assigned && each.lag < 10_000,
          detail: each.assigned ? `${each.lag} events behind` : 'nobody handles it',
          remedy: 'Restart the program. If it stays, see the log for its error.',
        })
    } finally {
      await local.stop()
    }
  } catch (error) {
    checks.push({
      name: 'data folder',
      ok: false,
      detail: error instanceof Error ? error.message : String(error),
      remedy: 'Mend what it says and run assay doctor again.',
    })
  }
  for (const check of checks) {
    if (flags.json) printJson(check)
    else
      print(
        `${check.ok ? paint(process.stdout, 'green', 'ok    ') : paint(process.stdout, 'red', 'broken')}  ${check.name}: ${check.detail}${check.ok || !check.remedy ? '' : `\n        ${check.remedy}`}`,
      )
  }
  if (checks.some((check) => !check.ok)) process.exitCode = 3
}
