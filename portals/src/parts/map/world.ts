import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import atlasUrl from 'world-atlas/countries-50m.json?url'
import { unwrapRing } from './unwrap-ring.ts'

export type World = FeatureCollection<Polygon | MultiPolygon, { readonly name: string }>

let loaded: Promise<World> | undefined

/** The world's countries (Natural Earth, 1:50 m), from our own server: the map works without any other. */
export function loadWorld(): Promise<World> {
  loaded ??= fetch(atlasUrl)
    .then((response) => {
      if (!response.ok) throw new Error(`no world: ${response.status}`)
      return response.json() as Promise<Topology<{ countries: GeometryCollection<{ name: string }> }>>
    })
    .then((atlas) => {
      const countries = feature(atlas, atlas.objects.countries) as World
      return { ...countries, features: countries.features.map(unwrapped) }
    })
    .catch((error: unknown) => {
      // The next map asks again.
      loaded = undefined
      throw error
    })
  return loaded
}

function unwrapped(country: World['features'][number]): World['features'][number] {
  const { geometry } = country
  return {
    ...country,
    geometry:
      geometry.type === 'Polygon'
        ? { ...geometry, coordinates: geometry.coordinates.map(unwrapRing) }
        : { ...geometry, coordinates: geometry.coordinates.map((polygon) => polygon.map(unwrapRing)) },
  }
}
