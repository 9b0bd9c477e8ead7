import type { FeatureCollection, Point } from 'geojson'
import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import { seenStates } from '../../api-types.ts'
import { textScale } from '../text-scale.ts'
import type { Place } from './places.ts'
import type { World } from './world.ts'

/** Land, sea, coast, and our marks; nothing else unless tiles are configured. No glyph server: the browser draws letters. */
export function mapStyle(world: World, places: FeatureCollection<Point, Place>): StyleSpecification {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(`--la-${name}`).trim()
  return {
    version: 8,
    sources: { world: { type: 'geojson', data: world, tolerance: 0.2 }, places: placeSource(places) },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': token('map-sea') } },
      {
        id: 'land',
        type: 'fill',
        source: 'world',
        paint: { 'fill-color': token('map-land'), 'fill-antialias': false },
      },
      {
        id: 'coast',
        type: 'line',
        source: 'world',
        paint: { 'line-color': token('map-edge'), 'line-width': 1 },
      },
      ...markLayers(token('map-label'), token('map-land'), textScale()),
    ],
  }
}

function placeSource(places: FeatureCollection<Point, Place>): SourceSpecification {
  return {
    type: 'geojson',
    data: places,
    cluster: true,
    clusterRadius: 46 * textScale(),
    clusterMaxZoom: 11,
    clusterProperties: {
      all: ['+', ['get', 'stations']],
      ...Object.fromEntries(seenStates.map((seen) => [`is-${seen}`, ['+', ['get', `is-${seen}`]]])),
    },
  }
}

// The first state, worst first, that any station of the cluster is in.
function worstExpression(then: (seen: string) => unknown): unknown {
  const cases = seenStates.flatMap((seen) => [['>', ['get', `is-${seen}`], 0], then(seen)])
  return ['case', ...cases, then('unknown')]
}

/** The names come first: what is drawn above is placed before, so that a name yields to every mark, its own and others'. */
export function markLayers(label: string, ground: string, scale: number): LayerSpecification[] {
  const text = {
    'text-size': 11 * scale,
    'text-anchor': 'top',
    'text-max-width': 16,
    'text-font': ['sans-serif'],
  } as const
  const paint = { 'text-color': label, 'text-halo-color': ground, 'text-halo-width': 1.2 }
  const isPlace = ['!', ['has', 'point_count']]
  return [
    {
      id: 'names',
      type: 'symbol',
      source: 'places',
      filter: isPlace,
      layout: { 'text-field': ['get', 'name'], 'text-offset': [0, 0.3], ...text },
      paint,
    },
    {
      id: 'clusters',
      type: 'symbol',
      source: 'places',
      filter: ['has', 'point_count'],
      layout: {
        'icon-image': worstExpression((seen) => [
          'concat',
          `cluster|${seen}|`,
          ['to-string', ['get', 'all']],
          '|',
          ['to-string', ['get', `is-${seen}`]],
        ]) as never,
        'icon-size': scale,
        'icon-allow-overlap': true,
        'symbol-sort-key': ['get', 'all'],
      },
    },
    {
      id: 'pins',
      type: 'symbol',
      source: 'places',
      filter: isPlace,
      layout: {
        'icon-image': [
          'concat',
          'pin|',
          ['get', 'worst'],
          '|',
          ['to-string', ['get', 'free']],
          '|',
          ['to-string', ['get', 'evses']],
        ],
        // The tip stands on the place; no more room is taken than the pin, so that its own name fits beneath.
        'icon-anchor': 'bottom',
        'icon-size': scale,
        'icon-padding': 0,
        'icon-allow-overlap': true,
      },
    },
  ] as LayerSpecification[]
}
