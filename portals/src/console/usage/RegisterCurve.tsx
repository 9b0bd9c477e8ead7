import { useTranslation } from 'react-i18next'
import type { UsageErrorDetail, UsageReading } from '../../api-types.ts'
import { clockText, energyText, milliseconds } from '../../parts/quantities.ts'
import { registerLines } from './register-lines.ts'

const WIDTH = 640
const HEIGHT = 200

/** The register over time as the station told it, wrong readings dotted, and dashed as the proposal has it. The table has the same. */
export function RegisterCurve(props: {
  readonly values: readonly UsageReading[]
  readonly proposed: UsageErrorDetail['proposedRegisters']
}) {
  const { t } = useTranslation()
  const lines = registerLines(
    props.values.flatMap(({ at, registerWh, checks }) =>
      registerWh === undefined ? [] : [{ at: milliseconds(at), wh: registerWh, isMarked: checks.length > 0 }],
    ),
    props.proposed.map(({ at, registerWh }) => ({ at: milliseconds(at), wh: registerWh })),
    { width: WIDTH, height: HEIGHT },
  )
  if (lines === undefined) return <p className="dim t12">{t('portal.usage.no-curve')}</p>
  const summary = t('portal.usage.curve', {
    from: clockText(lines.from),
    to: clockText(lines.to),
    first: energyText(lines.firstWh),
    last: energyText(lines.lastWh),
    count: lines.marked.length,
  })
  return (
    <figure className="usage-curve">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={summary} preserveAspectRatio="none">
        <path className="usage-line" d={lines.told} />
        {lines.proposed !== '' && <path className="usage-proposed" d={lines.proposed} />}
        {lines.marked.map(({ x, y }) => (
          <path key={`${x} ${y}`} className="usage-mark" d={`M${x} ${y}h0`} />
        ))}
      </svg>
      <figcaption className="row between t12 mid wrap">
        <span>{clockText(lines.from)}</span>
        <span className="row g3 wrap">
          <span className="row g1">
            <span className="usage-key" aria-hidden="true" />
            {t('portal.usage.key-told')}
          </span>
          {lines.proposed !== '' && (
            <span className="row g1">
              <span className="usage-key dashed" aria-hidden="true" />
              {t('portal.usage.key-proposed')}
            </span>
          )}
        </span>
        <span>{clockText(lines.to)}</span>
      </figcaption>
    </figure>
  )
}
