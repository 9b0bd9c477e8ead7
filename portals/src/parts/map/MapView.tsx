import 'maplibre-gl/dist/maplibre-gl.css'
import { type GeoJSONSource, Map as MapLibreMap, NavigationControl, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MapStation } from '../../api-types.ts'
import { useShownScheme } from '../../color-scheme.ts'
import { drawnMarks } from './drawn-marks.ts'
import { mapStyle } from './map-style.ts'
import { drawMark, loadShapes, markColours, markPixelRatio } from './marks.ts'
import { placesOf } from './places.ts'
import { loadWorld } from './world.ts'

setWorkerUrl(workerUrl)

interface View {
  readonly center: [number, number]
  readonly zoom: number
}

const viewKey = 'lataamo-map-view'
/** Many times what is seen at once. */
const mostMarks = 500

/**
 * The stations on the earth. A canvas says nothing to a screen reader: whoever shows this map shows the same stations as a
 * list beside it. It opens where it was left, and never moves by itself.
 */
export default function MapView(props: {
  readonly stations: readonly MapStation[]
  /** A site's or station's mark was pressed: `site:<id>` or `station:<id>`. */
  readonly onPlace: (key: string) => void
}) {
  const { t, i18n } = useTranslation()
  const { language } = i18n
  const scheme = useShownScheme()
  const box = useRef<HTMLDivElement>(null)
  const map = useRef<MapLibreMap>(undefined)
  const [failed, setFailed] = useState(false)
  const [drawn, setDrawn] = useState<string>()
  const places = useSame(useMemo(() => placesOf(props.stations), [props.stations]))
  const newestPlaces = useEffectEvent(() => places)
  const newestWords = useEffectEvent(() => ({
    'NavigationControl.ZoomIn': t('portal.map.zoom-in'),
    'NavigationControl.ZoomOut': t('portal.map.zoom-out'),
    'Map.Title': t('portal.map.map'),
  }))
  const openPlace = useEffectEvent((key: string) => props.onPlace(key))

  useEffect(() => {
    let left = false
    const element = box.current
    if (element === null) return
    start(element, {
      places: () => newestPlaces(),
      open: (key) => openPlace(key),
      words: newestWords(),
    })
      .then((made) => {
        if (left) return made.remove()
        map.current = made
        void made.once('idle').then(() => setDrawn(scheme))
      })
      .catch(() => setFailed(true))
    return () => {
      left = true
      map.current?.remove()
      map.current = undefined
    }
    // A map is made anew for each scheme and language: its images carry colours, its buttons words.
  }, [scheme, language])

  useEffect(() => {
    const source = map.current?.getSource('places') as GeoJSONSource | undefined
    void source?.setData(places)
  }, [places])

  return (
    <div className="mapbox">
      <div
        ref={box}
        className="map-canvas"
        aria-busy={drawn !== scheme && !failed}
        role="application"
        aria-label={t('portal.map.canvas')}
      />
      {failed && <p className="map-failed mid">{t('portal.map.no-canvas')}</p>}
    </div>
  )
}

/** The marks before, while nothing about them changed: most events of a station move no mark, and drawing is dear. */
function useSame(places: ReturnType<typeof placesOf>): ReturnType<typeof placesOf> {
  const [kept, setKept] = useState(() => ({ places, text: JSON.stringify(places) }))
  if (kept.places === places) return places
  const text = JSON.stringify(places)
  if (text === kept.text) return kept.places
  setKept({ places, text })
  return places
}

interface Source {
  readonly places: () => ReturnType<typeof placesOf>
  readonly open: (key: string) => void
  readonly words: Readonly<Record<string, string>>
}

async function start(element: HTMLElement, source: Source): Promise<MapLibreMap> {
  const colours = markColours()
  const [world, shapes] = await Promise.all([loadWorld(), loadShapes(colours), sized(element), document.fonts.ready])
  const kept = keptView()
  const map = new MapLibreMap({
    container: element,
    style: mapStyle(world, source.places()),
    locale: source.words,
    attributionControl: false,
    fadeDuration: window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 180,
    maxZoom: 16,
    dragRotate: false,
    pitchWithRotate: false,
    ...(kept ?? { bounds: boundsOf(source.places()), fitBoundsOptions: { padding: 48, maxZoom: 10 } }),
  })
  map.touchZoomRotate.disableRotation()
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  const marks = drawnMarks(mostMarks, (name) => map.removeImage(name))
  map.setMissingStyleImageResolver((name) => {
    const image = drawMark(name, shapes, colours)
    if (image === undefined || map.hasImage(name)) return
    map.addImage(name, image, { pixelRatio: markPixelRatio })
    marks.add(name)
  })
  map.on('idle', marks.tidy)
  map.on('moveend', () => keepView(map))
  map.on('click', 'pins', (event) => {
    const key: unknown = event.features?.[0]?.properties.key
    if (typeof key === 'string') source.open(key)
  })
  map.on('click', 'clusters', (event) => void openCluster(map, event.features?.[0]))
  for (const layer of ['pins', 'clusters']) {
    map.on('mouseenter', layer, () => map.getCanvas().classList.add('over'))
    map.on('mouseleave', layer, () => map.getCanvas().classList.remove('over'))
  }
  return map
}

/** A map that is made in a box without a size keeps a wrong one. */
function sized(element: HTMLElement): Promise<void> {
  if (element.clientHeight > 0) return Promise.resolve()
  return new Promise((resolve) => {
    const observer = new ResizeObserver(() => {
      if (element.clientHeight === 0) return
      observer.disconnect()
      resolve()
    })
    observer.observe(element)
  })
}

async function openCluster(map: MapLibreMap, cluster: GeoJSON.Feature | undefined): Promise<void> {
  const id: unknown = cluster?.properties?.cluster_id
  if (typeof id !== 'number' || cluster?.geometry.type !== 'Point') return
  const zoom = await (map.getSource('places') as GeoJSONSource).getClusterExpansionZoom(id)
  const [longitude, latitude] = cluster.geometry.coordinates
  map.easeTo({ center: [longitude ?? 0, latitude ?? 0], zoom: zoom + 0.2, duration: 180 })
}

function boundsOf(places: ReturnType<typeof placesOf>): [number, number, number, number] {
  const points = places.features.map(({ geometry }) => geometry.coordinates)
  // Without a station: northern Europe.
  if (points.length === 0) return [4, 54, 32, 71]
  const longitudes = points.map(([longitude]) => longitude ?? 0)
  const latitudes = points.map(([, latitude]) => latitude ?? 0)
  return [Math.min(...longitudes), Math.min(...latitudes), Math.max(...longitudes), Math.max(...latitudes)]
}

function keptView(): View | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(viewKey) ?? 'null')
    return kept === null ? undefined : (kept as View)
  } catch {
    return undefined
  }
}

function keepView(map: MapLibreMap): void {
  const { lng, lat } = map.getCenter()
  try {
    sessionStorage.setItem(viewKey, JSON.stringify({ center: [lng, lat], zoom: map.getZoom() }))
  } catch {
    // Without storage the map opens over all stations again.
  }
}
