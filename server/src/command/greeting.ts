import path from 'node:path'
import { beginAfresh } from './begin-afresh.ts'
import type { App } from '../app.ts'
import type { Config } from '../config.ts'
import type { Demo } from '../demo/index.ts'
import type { Installation } from '../installation.ts'

export interface GreetingInput {
  readonly config: Config
  readonly installation: Installation
  readonly app: App
  readonly local: string
  readonly publicUrl: string
  readonly demo: Demo | undefined
}

/** What `npm start` prints: addresses, sign-ins, how to connect a station, where the data lies, how to begin afresh. */
export async function greet({ config, installation, app, local, publicUrl, demo }: GreetingInput): Promise<string> {
  const lines = [
    '',
    '  Lataamo is ready.',
    '',
    `  Console and portals   ${publicUrl}/`,
    `  REST and its guide    ${publicUrl}/docs   (${publicUrl}/v1/openapi.json)`,
  ]
  lines.push(`  Metrics, health       http://127.0.0.1:${app.opsPort}/metrics, ${local}/readyz`, '')
  if (demo !== undefined) {
    lines.push(
      `  This is a demo: ${demo.tenants} networks, ${demo.stations} simulated stations that charge in real time.`,
    )
    lines.push('  Sign in (each link is good once, for 24 hours; a new one: npx lataamo sign-in-link):')
    for (const { who, url } of demo.links) lines.push(`    ${who.padEnd(44)} ${url}`)
    lines.push(`  What a driver's phone shows   ${publicUrl}/s/${demo.stationNumber}`)
  } else if (await app.hasTenants()) {
    lines.push('  Sign in at the console; a one-time link: npx lataamo sign-in-link')
  } else {
    lines.push('  Make your network (the link is good once):', `    ${await app.installationLink()}`)
  }
  lines.push('', '  Connect a station: add it in the console (Stations, Add), then type its address into it:')
  const stations = `${publicUrl.replace(/^http/, 'ws')}/ocpp/<network>/<identity>`
  if (!/^ws:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(stations)) lines.push(`    ${stations}`)
  else {
    lines.push(`    ${stations}   (from this machine)`)
    lines.push('    For stations on your local network: npm start -- --lan')
  }
  lines.push(`    No station at hand: npx lataamo simulate --help`, '')
  lines.push(
    `  Data lies in          ${config.DATA_DIR}${config.DATABASE_URL === undefined ? '' : ' and in the database of DATABASE_URL'}`,
  )
  for (const remark of installation.remarks) lines.push(`                        ${remark}`)
  lines.push(
    `  Platform key          ${config.LATAAMO_PLATFORM_KEY === undefined ? path.join(config.DATA_DIR, 'platform-key') : 'as set in LATAAMO_PLATFORM_KEY'}`,
  )
  lines.push(`  Begin afresh          ${beginAfresh(installation.folders, config.DATABASE_URL !== undefined)}`, '')
  return `${lines.join('\n')}\n`
}
