import { expect, it } from 'vitest'
import { markLayers } from './map-style.ts'

// MapLibre places the layers that are drawn last first: what comes later in the style keeps its room.
it('a name yields to every mark: names are drawn first, marks carry none', () => {
  const layers = markLayers('#000', '#fff', 2)
  expect(layers.map(({ id }) => id)).toEqual(['names', 'clusters', 'pins'])
  const named = layers.filter(({ layout }) => layout !== undefined && 'text-field' in layout)
  expect(named.map(({ id }) => id)).toEqual(['names'])
})

it('names and marks grow with the text of the browser', () => {
  const sizes = markLayers('#000', '#fff', 2).flatMap(({ layout = {} }) =>
    'text-size' in layout ? [layout['text-size']] : 'icon-size' in layout ? [layout['icon-size']] : [],
  )
  expect(sizes).toEqual([22, 2, 2])
})
