import { expect, it } from 'vitest'
import { borrowDatabase } from './kit/borrowed.ts'
import { addStation, makeNetwork } from './kit/network.ts'
import { freshOptions, startServer } from './kit/server.ts'
import { makeSmallDisk, mayMount } from './kit/spoilt-disk.ts'
import { bootOf, knock, openStation } from './kit/station-socket.ts'
import { until } from './kit/until.ts'

it.skipIf(!mayMount())(
  'a disk that is nearly full: stations are sent away, and come back when there is room (row 22)',
  async () => {
    const disk = makeSmallDisk(20)
    const database = await borrowDatabase()
    const server = await startServer(await freshOptions({ dataDir: disk.folder, env: database.settings }))
    try {
      const network = await makeNetwork(server, 'disk')
      const { identity, password } = await addStation(network, { identity: 'DISK-1' })
      const wishes = { url: `${network.stationsUrl}/${identity}`, user: identity, password }
      const socket = await openStation(wishes)
      expect((await socket.call(...bootOf('ocpp1.6')))[0]).toBe(3)
      disk.fill(0.03)
      // 1013: try again later.
      expect((await socket.closed).code).toBe(1013)
      expect(await knock(wishes)).toBe(503)
      const ready = await fetch(`${server.url}/readyz`)
      expect([ready.status, await ready.text()]).toEqual([
        503,
        expect.stringContaining('the disk is full: free some space'),
      ])
      // People may still look, and do what helps.
      expect((await network.rest.send('GET', '/v1/stations')).status).toBe(200)
      disk.free()
      await until(async () => (await knock(wishes)) === 101)
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    } finally {
      await server.kill()
      await database.drop()
      disk.remove()
    }
  },
  240_000,
)
