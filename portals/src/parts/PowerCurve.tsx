import 'uplot/dist/uPlot.min.css'
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import uPlot from 'uplot'
import type { MeterValue } from '../api-types.ts'
import { useShownScheme } from '../color-scheme.ts'
import { axisDigits, curvePoints, niceTop, withoutRepeats } from './curve-points.ts'
import { energyText, exactClockText, clockText, numberText, powerText } from './quantities.ts'
import { Icon } from './Icon.tsx'
import { textScale } from './text-scale.ts'

/** Power over time, zero at the bottom, gaps left open; the same values as a table at a press. */
export function PowerCurve(props: {
  readonly values: readonly MeterValue[]
  readonly label: string
  readonly height?: number
}) {
  const { t } = useTranslation()
  const [asTable, setAsTable] = useState(false)
  const points = useMemo(() => curvePoints(props.values), [props.values])
  const known = points.filter(({ powerW }) => powerW !== null)
  const last = known[known.length - 1]
  if (last === undefined) return <p className="dim t12">{t('portal.curve.none')}</p>
  if (known.length === 1)
    return <p className="dim t12">{t('portal.curve.one', { power: powerText(last.powerW ?? 0) })}</p>
  const summary = t('portal.curve.summary', {
    from: clockText(known[0]?.at ?? last.at),
    to: clockText(last.at),
    now: powerText(last.powerW ?? 0),
    most: powerText(Math.max(...known.map(({ powerW }) => powerW ?? 0))),
  })
  return (
    <figure className="curve" aria-label={props.label}>
      {asTable ? (
        <ValuesTable values={props.values} label={props.label} height={props.height ?? 180} />
      ) : (
        // A canvas has no picture file: only the role says what it is.
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
        <div role="img" aria-label={summary}>
          <Plot points={points} height={props.height ?? 180} />
        </div>
      )}
      <button type="button" className="btn sm quiet curve-b" onClick={() => setAsTable(!asTable)}>
        <Icon name={asTable ? 'chart' : 'table'} />
        {t(asTable ? 'portal.curve.as-curve' : 'portal.curve.as-table')}
      </button>
    </figure>
  )
}

function Plot(props: { readonly points: ReturnType<typeof curvePoints>; readonly height: number }) {
  const { points } = props
  const height = Math.round(props.height * textScale())
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const scheme = useShownScheme()
  const { language } = useTranslation().i18n
  const newestColumns = useEffectEvent(() => columns(points))

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const made = new uPlot(options(element.clientWidth || 300, height), newestColumns(), element)
    plot.current = made
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = undefined
    }
    // The colours of a scheme and the numbers of a language are read when the plot is made.
  }, [height, scheme, language])

  useEffect(() => plot.current?.setData(columns(points)), [points])

  return <div ref={box} className="plot" style={{ height }} />
}

function columns(points: ReturnType<typeof curvePoints>): uPlot.AlignedData {
  return [points.map(({ at }) => at / 1000), points.map(({ powerW }) => (powerW === null ? null : powerW / 1000))]
}

function options(width: number, height: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(`--la-${name}`).trim()
  // The words on a canvas grow with those around it, and so does their room.
  const scale = textScale()
  // uPlot's own axis colour is black: invisible in the dark.
  const axis = {
    stroke: token('ink-3'),
    font: `500 ${11 * scale}px "Inter Variable", sans-serif`,
    grid: { stroke: token('grid'), width: 1 },
    ticks: { show: false },
  }
  return {
    width,
    height,
    padding: [8, 0, 0, 6],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true }, y: { range: (_plot, _low, high) => [0, niceTop(high)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24 * scale,
        gap: 6,
        space: 64 * scale,
        values: (plot, splits) =>
          withoutRepeats(
            splits.map((at) =>
              // Half of it would stand outside of the picture, cut off.
              plot.valToPos(at, 'x') < (isShort(splits) ? 20 : 12) * scale ? '' : clockText(at * 1000, isShort(splits)),
            ),
          ),
      },
      {
        ...axis,
        side: 1,
        // As wide as its longest number with its unit; a digit is 7 of 11 px.
        size: (_plot, labels) =>
          Math.max(54, 16 + 7 * Math.max(0, ...(labels ?? []).map(({ length }) => length))) * scale,
        gap: 8,
        space: 30 * scale,
        values: (_plot, splits) => {
          const digits = axisDigits(splits)
          return splits.map((value, index) =>
            index === splits.length - 1 ? `${numberText(value, digits)} kW` : numberText(value, digits),
          )
        },
      },
    ],
    series: [
      {},
      { stroke: token('c-1'), width: 2, fill: token('charging-soft'), points: { show: false }, spanGaps: false },
    ],
  }
}

// Within a few minutes the minutes alone would repeat.
function isShort(splits: readonly number[]): boolean {
  return (splits[1] ?? 0) - (splits[0] ?? 0) < 60
}

function ValuesTable(props: {
  readonly values: readonly MeterValue[]
  readonly label: string
  readonly height: number
}) {
  const { t } = useTranslation()
  return (
    // What scrolls needs the focus, or the keyboard cannot scroll it.
    <section
      className="scroll"
      style={{ maxHeight: Math.max(180, props.height) }}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reached by keyboard (WCAG 2.1.1)
      tabIndex={0}
      aria-label={props.label}
    >
      <table className="tbl tight">
        <thead>
          <tr>
            <th scope="col">{t('portal.curve.time')}</th>
            <th scope="col" className="num">
              {t('portal.curve.power')}
            </th>
            <th scope="col" className="num">
              {t('portal.curve.register')}
            </th>
          </tr>
        </thead>
        <tbody>
          {[...props.values].reverse().map((value) => (
            <tr key={`${value.at} ${value.context ?? ''}`}>
              <td className="mono">{exactClockText(value.at).slice(0, 8)}</td>
              <td className="num">{value.powerW === undefined ? '–' : powerText(value.powerW)}</td>
              <td className="num">
                {value.registerWh === undefined ? '–' : energyText(value.registerWh)}
                {value.context === 'estimated' && <span className="dim"> {t('portal.curve.estimated')}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
