import os from 'node:os'
import { openApp, type App } from '../app.ts'
import type { Config } from '../config.ts'
import { demoIsOn, startDemo } from '../demo/index.ts'
import { openInstallation } from '../installation.ts'
import { openLog } from '../platform/index.ts'
import { greet } from './greeting.ts'
import { noteRunning } from './running.ts'

/** How long a drain may take before the process ends anyway. */
const DRAIN_MS = 25_000

/** `npm start`: opens the installation, starts its roles, prints what a person needs, and drains on SIGTERM or Ctrl-C. */
export async function start(config: Config, options: { readonly lan: boolean }): Promise<void> {
  const log = openLog(config.LOG_LEVEL)
  const host = options.lan ? '0.0.0.0' : config.HOST
  const lanAddress = options.lan ? firstLanAddress() : undefined
  const steps: (() => Promise<unknown>)[] = []
  const shutDown = drainOnce(steps)
  let isAsked = false
  const asked = (): void => {
    isAsked = true
    void shutDown(0)
  }
  process.on('SIGTERM', asked)
  process.on('SIGINT', asked)

  const publicUrl = config.PUBLIC_URL ?? `http://${lanAddress ?? shown(host)}:${config.PORT}`
  const installation = await openInstallation(config, log, publicUrl)
  steps.push(() => installation.close())
  try {
    const isDemo = await demoIsOn(config, installation)
    const app: App = await openApp(config, installation, isDemo)
    steps.push(() => app.close())
    const port = await app.listen(host, config.PORT)
    const local = `http://${shown(host)}:${port}`
    const forget = noteRunning(config, { url: local, pid: process.pid })
    steps.push(async () => forget())
    // It is made, and its people let in, over REST.
    const plays = isDemo && config.ROLES.includes('api')
    const demo = plays ? await startDemo({ config, installation, app, url: local }) : undefined
    if (demo !== undefined) steps.push(() => demo.stop())
    process.stdout.write(await greet({ config, installation, app, local, publicUrl, demo }))
  } catch (error) {
    await shutDown(undefined)
    throw error
  }
  const sentence = await installation.databaseEnded
  if (isAsked) return
  process.stderr.write(`${sentence}\nWithout its database Lataamo stops; start it again.\n`)
  // Nothing is left to drain: what was answered is in the database, and no more can be.
  process.exit(1)
}

/** Undoes what was started, last first, once; then exits when told a status. */
function drainOnce(steps: (() => Promise<unknown>)[]): (status: number | undefined) => Promise<void> {
  let draining = false
  return async (status) => {
    if (draining) return
    draining = true
    if (status !== undefined) setTimeout(() => process.exit(status || 1), DRAIN_MS).unref()
    for (const step of steps.splice(0).reverse())
      await step().catch((error: Error) => process.stderr.write(`${error.message}\n`))
    if (status !== undefined) process.exit(status)
  }
}

function shown(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
}

function firstLanAddress(): string | undefined {
  return Object.values(os.networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address
}
