import path from 'node:path'
import { beginAfresh } from './begin-afresh.ts'
import type { App } from '../app.ts'
import { type Config, roleNames } from '../config.ts'
import type { Demo } from '../demo/index.ts'
import type { Installation } from '../installation.ts'

export interface GreetingInput {
  readonly config: Config
  readonly installation: Pick<Installation, 'remarks' | 'folders'>
  readonly app: Pick<App, 'opsPort' | 'hasTenants' | 'installationLink'>
  readonly local: string
  readonly publicUrl: string
  readonly demo: Demo | undefined
}

/** What `npm start` prints: addresses, sign-ins, how to connect a station, where the data lies, how to begin afresh. */
export async function greet(input: GreetingInput): Promise<string> {
  const { config, app, local, publicUrl } = input
  const serves = (role: (typeof roleNames)[number]): boolean => config.ROLES.includes(role)
  const lines = ['', '  Lataamo is ready.', '']
  if (!roleNames.every(serves)) lines.push(`  This process is       ${config.ROLES.join(', ')}`)
  if (serves('api')) {
    lines.push(
      `  Console and portals   ${publicUrl}/`,
      `  REST and its guide    ${publicUrl}/docs   (${publicUrl}/v1/openapi.json)`,
    )
  }
  lines.push(`  Metrics, health       http://127.0.0.1:${app.opsPort}/metrics, ${local}/readyz`, '')
  if (serves('api')) lines.push(...(await waysIn(input)), '')
  if (serves('gateway')) lines.push(...connecting(publicUrl), '')
  lines.push(...whereDataLies(input), '')
  return `${lines.join('\n')}\n`
}

async function waysIn({ app, publicUrl, demo }: GreetingInput): Promise<string[]> {
  if (demo !== undefined) {
    return [
      `  This is a demo: ${demo.tenants} networks, ${demo.stations} simulated stations that charge in real time.`,
      '  Sign in (each link is good once, for 24 hours; a new one: npx lataamo sign-in-link):',
      ...demo.links.map(({ who, url }) => `    ${who.padEnd(44)} ${url}`),
      `  What a driver's phone shows   ${publicUrl}/s/${demo.stationNumber}`,
    ]
  }
  if (await app.hasTenants()) return ['  Sign in at the console; a one-time link: npx lataamo sign-in-link']
  return ['  Make your network (the link is good once):', `    ${await app.installationLink()}`]
}

function connecting(publicUrl: string): string[] {
  const stations = `${publicUrl.replace(/^http/, 'ws')}/ocpp/<network>/<identity>`
  const isHereOnly = /^ws:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(stations)
  return [
    '  Connect a station: add it in the console (Stations, Add), then type its address into it:',
    ...(isHereOnly
      ? [`    ${stations}   (from this machine)`, '    For stations on your local network: npm start -- --lan']
      : [`    ${stations}`]),
    '    No station at hand: npx lataamo simulate --help',
  ]
}

function whereDataLies({ config, installation }: GreetingInput): string[] {
  const { DATA_DIR, DATABASE_URL, LATAAMO_PLATFORM_KEY } = config
  const key =
    LATAAMO_PLATFORM_KEY === undefined ? path.join(DATA_DIR, 'platform-key') : 'as set in LATAAMO_PLATFORM_KEY'
  return [
    `  Data lies in          ${DATA_DIR}${DATABASE_URL === undefined ? '' : ' and in the database of DATABASE_URL'}`,
    ...installation.remarks.map((remark) => `                        ${remark}`),
    `  Platform key          ${key}`,
    `  Begin afresh          ${beginAfresh(installation.folders, DATABASE_URL !== undefined)}`,
  ]
}
