import { afterEach, expect, it, vi } from 'vitest'
import { loadWorld } from './world.ts'

afterEach(() => vi.unstubAllGlobals())

it('a world that did not come is asked for again, and what a proxy says instead is none', async () => {
  const answers = [
    () => Promise.reject(new TypeError('away')),
    () => Promise.resolve(new Response('{"objects":{}}', { status: 502 })),
    () =>
      Promise.resolve(
        Response.json({
          type: 'Topology',
          arcs: [],
          objects: { countries: { type: 'GeometryCollection', geometries: [] } },
        }),
      ),
  ]
  vi.stubGlobal('fetch', () => answers.shift()?.())
  await expect(loadWorld()).rejects.toThrow('away')
  await expect(loadWorld()).rejects.toThrow('502')
  expect((await loadWorld()).features).toEqual([])
})
