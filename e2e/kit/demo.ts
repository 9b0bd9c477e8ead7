import type pg from 'pg'
import { openApp } from '../../server/src/app.ts'
import { greet } from '../../server/src/command/greeting.ts'
import { readConfig } from '../../server/src/config.ts'
import { type Demo, startDemo } from '../../server/src/demo/index.ts'
import { openInstallation } from '../../server/src/installation.ts'
import { openLog } from '../../server/src/platform/index.ts'
import { freePort } from '../../server/src/platform/testing-ports.ts'
import { borrowDatabase } from './borrowed.ts'
import { makeDataDir, removeDataDir } from './server.ts'

export interface DemoHere {
  readonly url: string
  readonly demo: Demo
  /** What `npm start` would print. */
  readonly greeting: string
  close(): Promise<void>
}

export interface KeptDemo extends DemoHere {
  /** Whoever owns its database. */
  readonly owner: pg.ClientConfig
  /** The program stops, and is started again on the same data. */
  stopAndStart(): Promise<void>
}

type Running = Omit<DemoHere, 'url'>

/** The demo in this process, so that a test has its simulated stations in the hand. */
export async function startDemoHere(): Promise<KeptDemo> {
  const database = await borrowDatabase()
  const dataDir = makeDataDir()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const settings = { DATA_DIR: dataDir, PORT: String(port), OPS_PORT: '0', DEMO: 'on', ...database.settings }
  let running = await startOn(settings, port, url)
  return {
    url,
    owner: database.owner,
    get demo() {
      return running.demo
    },
    get greeting() {
      return running.greeting
    },
    async stopAndStart() {
      await running.close()
      running = await startOn(settings, port, url)
    },
    async close() {
      await running.close()
      removeDataDir(dataDir)
      await database.drop()
    },
  }
}

/** Put together as `command/start.ts` does. */
async function startOn(settings: Readonly<Record<string, string>>, port: number, url: string): Promise<Running> {
  const config = readConfig(settings)
  const installation = await openInstallation(config, openLog('error'), url)
  const app = await openApp(config, installation, true)
  await app.listen('127.0.0.1', port)
  const demo = await startDemo({ config, installation, app, url })
  const place = { local: url, publicUrl: url, lanAddress: undefined, port }
  return {
    demo,
    greeting: await greet({ config, installation, app, demo, ...place }),
    async close() {
      await demo.stop()
      await app.close()
      await installation.close()
    },
  }
}
