import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../server/src/platform/testing-ports.ts'
import { borrowDatabase, type BorrowedDatabase } from './kit/borrowed.ts'
import { interruptFirstStart, measureFirstStart } from './kit/interrupted-start.ts'
import { openMachineTime } from './kit/machine-time.ts'
import { addStation, makeNetwork } from './kit/network.ts'
import { databaseProcesses, killAll } from './kit/processes.ts'
import {
  type Ended,
  freshOptions,
  home,
  removeDataDir,
  type ServerOptions,
  startInVain,
  startServer,
} from './kit/server.ts'
import { openStation } from './kit/station-socket.ts'
import { until } from './kit/until.ts'

const isRoot = process.getuid?.() === 0
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) removeDataDir(folder)
})

async function options(more: Partial<ServerOptions> = {}): Promise<ServerOptions> {
  const made = await freshOptions(more)
  folders.push(made.dataDir)
  return made
}

type Said = Awaited<ReturnType<typeof startInVain>>

/** One sentence on standard error, nothing on standard output, no trace, and a status that says it went wrong. */
function expectSentence(said: Said, sentence: RegExp): void {
  expect(said.stderr.trim().split('\n'), said.stderr).toHaveLength(1)
  expect(said.stderr.trim()).toMatch(sentence)
  expect(said.stderr.trim()).toMatch(/^[A-Z/].*[.!]$/)
  expect(said.stdout).toBe('')
  expect(said.code).not.toBe(0)
  expect(said.signal).toBeNull()
}

describe('a start that cannot be says in one sentence what to do', () => {
  it.each([
    ['PORT', 'eighty', /PORT is "eighty": set a whole number/],
    ['LOG_LEVEL', 'loud', /LOG_LEVEL is "loud": set one of/],
    ['ROLES', 'gateway,cook', /ROLES names "cook"/],
    ['LATAAMO_PLATFORM_KEY', 'short', /LATAAMO_PLATFORM_KEY is too short/],
    ['PUBLIC_URL', 'charge.example.com', /PUBLIC_URL is "charge.example.com": set an address such as/],
    [
      'LATAAMO_PLATFROM_KEY',
      'x',
      /LATAAMO_PLATFROM_KEY is not a setting of Lataamo \(did you mean LATAAMO_PLATFORM_KEY\?\)/,
    ],
    ['DATABASE_OWNER_URL', 'postgres://o@127.0.0.1/x', /set without DATABASE_URL/],
  ])('%s=%s', async (name, value, sentence) => {
    const wrong = await options({ env: { [name]: value } })
    const said = await startInVain(wrong)
    expectSentence(said, sentence)
    expect(said.code).toBe(2)
    // A wrong setting is found before anything is made.
    expect(fs.readdirSync(wrong.dataDir)).toEqual([])
  })

  it('a database that is away', async () => {
    const url = (user: string, port: number): string => `postgres://${user}:secret-word@127.0.0.1:${port}/lataamo`
    const port = await freePort()
    const away = await options({ env: { DATABASE_URL: url('runtime', port), DATABASE_OWNER_URL: url('owner', port) } })
    const said = await startInVain(away)
    expectSentence(said, /database of DATABASE_OWNER_URL cannot be reached.*start it, or correct the address/)
    expect(said.stderr).not.toContain('secret-word')
  })

  it('a data folder without rights', async () => {
    const made = await options()
    if (!isRoot) fs.chmodSync(made.dataDir, 0o500)
    // Root may write everywhere but into the kernel's own file systems.
    const dataDir = isRoot ? '/sys/lataamo-data' : made.dataDir
    expectSentence(
      await startInVain({ ...made, dataDir }),
      /data folder .* cannot be written by this user: give it rights/,
    )
  })

  it.skipIf(!isRoot || !nobodyCanRun())('a data folder of root’s, as an ordinary user', async () => {
    const made = await options()
    const said = await startInVain(made, ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'])
    expectSentence(said, /data folder .* cannot be written by this user: give it rights/)
  })

  it('a data folder whose secret is gone, and no other is made in its place', async () => {
    const made = await options()
    fs.mkdirSync(path.join(made.dataDir, 'postgres'))
    expectSentence(await startInVain(made), /secret of this data is missing: bring .*secret back from your copy/)
    expect(fs.existsSync(path.join(made.dataDir, 'secret'))).toBe(false)
  })

  it('a data folder that is a file', async () => {
    const made = await options()
    const file = path.join(made.dataDir, 'file')
    fs.writeFileSync(file, '')
    expectSentence(await startInVain({ ...made, dataDir: file }), /which is not a folder/)
  })

  it.skipIf(!mayMount())('a full disk', async () => {
    const made = await options()
    mount('-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', made.dataDir)
    try {
      expectSentence(await startInVain(made), /(full|[Ff]ree (some )?space)/)
    } finally {
      killAll(undefined, made.dataDir)
      umount(made.dataDir)
    }
  })
})

describe('beside a server that runs', () => {
  /** Where the database is not what is looked at; one for each start, since each has a secret of its own. */
  let databases: readonly BorrowedDatabase[]
  const borrowed = (n: number): Readonly<Record<string, string>> => databases[n]?.settings ?? {}
  beforeAll(async () => {
    databases = [await borrowDatabase(), await borrowDatabase()]
  })
  afterAll(() => Promise.all(databases.map((database) => database.drop())))

  it('a second start is refused and names the first, also by a link to the folder; kill -9 lets the next one in (row 24)', async () => {
    const first = await options()
    let server = await startServer(first)
    try {
      const link = `${first.dataDir}-link`
      fs.symlinkSync(first.dataDir, link)
      try {
        for (const dataDir of [first.dataDir, link]) {
          const said = await startInVain(await freshOptions({ dataDir }))
          expectSentence(said, new RegExp(`in use by another Lataamo \\(process ${server.pid}\\): stop that one`))
        }
      } finally {
        fs.unlinkSync(link)
      }
      // The first one did not notice.
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200)

      const said = await startInVain({ ...(await options({ env: borrowed(0) })), port: first.port })
      expectSentence(
        said,
        new RegExp(`Port ${first.port} on 127.0.0.1 is taken by another program: stop it, or set PORT`),
      )

      await server.kill()
      server = await startServer(first)
    } finally {
      await server.kill()
    }
  }, 240_000)

  it('a taken port for metrics', async () => {
    const other = net.createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as net.AddressInfo
    try {
      const said = await startInVain(await options({ opsPort: port, env: borrowed(1) }))
      expectSentence(
        said,
        new RegExp(`Port ${port} on 127.0.0.1 is taken by another program: stop it, or set OPS_PORT`),
      )
    } finally {
      other.close()
    }
  })
})

it('a process that serves no REST starts on a demo too, and names no address that it does not serve', async () => {
  const server = await startServer(await options({ env: { DEMO: 'on', ROLES: 'gateway,worker' } }))
  try {
    await expect.poll(server.stdout).toContain('/ocpp/')
    expect(server.stdout()).not.toMatch(/Console|sign-in/)
  } finally {
    await server.kill()
  }
}, 240_000)

describe('SIGTERM (row 31)', () => {
  it('drains: answers given, sockets closed with 1012, the database gone, status 0', async () => {
    const made = await options()
    const server = await startServer(made)
    const network = await makeNetwork(server, 'drain')
    const sockets = await Promise.all(
      ['D-1', 'D-2', 'D-3'].map(async (identity) => {
        const { password } = await addStation(network, { identity })
        return openStation({ url: `${network.stationsUrl}/${identity}`, user: identity, password })
      }),
    )
    const answers = sockets.map((socket) =>
      socket.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }),
    )
    const time = openMachineTime()
    const ended: Promise<Ended> = server.stop()
    for (const [type] of await Promise.all(answers)) expect(type).toBe(3)
    for (const { code } of await Promise.all(sockets.map(({ closed }) => closed))) expect(code).toBe(1012)
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(time.now()).toBeLessThan(30_000)
    time.stop()
    await until(() => databaseProcesses(made.dataDir).length === 0)
    expect(server.stderr()).toBe('')
    // And the same data starts again.
    const again = await startServer(made)
    expect((await again.stop()).code).toBe(0)
  }, 240_000)
})

describe('a first start that is interrupted (row 25)', () => {
  it('starts the next time, whenever the kill -9 came', async () => {
    const lastsMs = await measureFirstStart()
    const moments = Array.from({ length: 10 }, (_, n) => Math.round((lastsMs * (n + 0.5)) / 10))
    // Two at a time: there are two cores.
    await Promise.all(
      [0, 1].map(async (half) => {
        for (const moment of moments.filter((_, n) => n % 2 === half)) await interruptFirstStart(moment)
      }),
    )
  }, 600_000)
})

function nobodyCanRun(): boolean {
  const words = ['--reuid=65534', '--regid=65534', '--clear-groups', '--', process.execPath, '-e', '']
  const canRead = [
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    '--',
    'test',
    '-r',
    path.join(home, 'bin/lataamo.js'),
  ]
  return spawnSync('setpriv', words).status === 0 && spawnSync('setpriv', canRead).status === 0
}

/** Where the machine lets nobody mount (a container), the disk cannot be made small. */
function mayMount(): boolean {
  if (!isRoot) return false
  const folder = fs.mkdtempSync('/tmp/lataamo-mount-')
  const may = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0
  if (may) umount(folder)
  fs.rmSync(folder, { recursive: true })
  return may
}

function mount(...words: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', [...words], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

function umount(folder: string): void {
  spawnSync('umount', ['-l', folder])
}
