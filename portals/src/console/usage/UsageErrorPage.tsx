import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { UsageErrorDetail } from '../../api-types.ts'
import { Duration, Money, Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Page } from '../../parts/Page.tsx'
import { energyText, powerText, spokenNumber } from '../../parts/quantities.ts'
import { Failed, Loading } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { Section } from '../sessions/SessionParts.tsx'
import { Decide } from './Decide.tsx'
import { Frames } from './Frames.tsx'
import { ReadingsTable } from './ReadingsTable.tsx'
import { RegisterCurve } from './RegisterCurve.tsx'
import { usageErrorQuery } from './usage-query.ts'
import { UsageStateWord } from './UsageStateWord.tsx'

/** One doubtful record: why, what was measured, what it would cost either way, and the decision. */
export function UsageErrorPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams({ strict: false }) as { readonly id?: string }
  const error = useQuery(usageErrorQuery(id))
  if (error.data !== undefined) return <Loaded key={id} error={error.data} />
  return (
    <Page title={t('portal.usage.one')} crumbs={[{ to: '/usage-errors', text: t('portal.usage.title') }]}>
      <section className="panel">
        {error.isError ? <Failed error={error.error} retry={() => void error.refetch()} /> : <Loading rows={10} />}
      </section>
    </Page>
  )
}

function Loaded({ error }: { readonly error: UsageErrorDetail }) {
  const { t } = useTranslation()
  const may = useMay()
  return (
    <Page
      title={t('portal.usage.of-session', { number: spokenNumber(error.sessionNumber) })}
      beside={<UsageStateWord state={error.state} />}
      crumbs={[{ to: '/usage-errors', text: t('portal.usage.title') }]}
    >
      {error.findings.map((finding) => (
        <div key={finding.text} className="note s-preparing">
          <Icon name="warning" />
          <p>{finding.text}</p>
        </div>
      ))}
      <div className="two">
        <div className="col g3 narrow">
          <Measured error={error} />
          {may('log.read') && <Frames error={error} />}
        </div>
        <div className="col g3 narrow">
          <Either error={error} />
          {error.state === 'held' ? (
            may('usage.decide') ? (
              <Decide error={error} />
            ) : (
              <Section title={t('portal.usage.decision')}>
                <p className="pb mid">{t('portal.usage.may-not')}</p>
              </Section>
            )
          ) : (
            <Decided error={error} />
          )}
          <About error={error} />
        </div>
      </div>
    </Page>
  )
}

function Measured({ error }: { readonly error: UsageErrorDetail }) {
  const { t } = useTranslation()
  const marked = useMemo(() => error.meterValues.filter(({ checks }) => checks.length > 0).length, [error.meterValues])
  return (
    <Section title={t('portal.usage.measured')}>
      <div className="pb col g3">
        <RegisterCurve values={error.meterValues} proposed={error.proposedRegisters} />
        <p className="t12 mid">{t('portal.usage.marked', { count: marked, all: error.meterValues.length })}</p>
      </div>
      <ReadingsTable values={error.meterValues} />
    </Section>
  )
}

/** The record and the proposal beside each other: energy, time, money. */
function Either({ error }: { readonly error: UsageErrorDetail }) {
  const { t } = useTranslation()
  const { recorded, proposed } = error
  const rows: readonly (readonly [string, (figures: UsageErrorDetail['recorded']) => ReactNode])[] = [
    [t('portal.usage.energy'), ({ energyWh }) => energyText(energyWh)],
    [t('portal.usage.begin'), ({ startedAt }) => <Time at={startedAt} />],
    [t('portal.usage.end'), ({ endedAt }) => <Time at={endedAt} />],
    [t('portal.usage.duration'), ({ startedAt, endedAt }) => <Duration since={startedAt} until={endedAt} />],
    [
      t('portal.usage.price'),
      ({ totals }) => (totals === undefined ? t('portal.sessions.no-price') : <Money money={totals.inclTax} />),
    ],
  ]
  return (
    <Section title={t('portal.usage.either')}>
      <table className="tbl tight">
        <thead>
          <tr>
            <th scope="col">{t('portal.usage.figure')}</th>
            <th scope="col" className="num">
              {t('portal.usage.recorded')}
            </th>
            <th scope="col" className="num">
              {t('portal.usage.proposed')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, of]) => (
            <tr key={label}>
              <td className="mid">{label}</td>
              <td className="num">{of(recorded)}</td>
              <td className="num">{proposed === undefined ? '–' : of(proposed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {proposed === undefined && <p className="pb t12 mid">{t('portal.usage.no-proposal')}</p>}
    </Section>
  )
}

function Decided({ error }: { readonly error: UsageErrorDetail }) {
  const { t } = useTranslation()
  const { decided } = error
  return (
    <Section title={t('portal.usage.decision')}>
      {decided === undefined ? (
        <p className="pb mid">{t('portal.usage.noted-text')}</p>
      ) : (
        <dl className="kv ekv pb">
          <dt>{t('portal.usage.became')}</dt>
          <dd>{t(`portal.usage.outcome.${decided.decision ?? error.state}`)}</dd>
          <dt>{t('portal.usage.by')}</dt>
          <dd>{decided.by.name ?? t(`portal.usage.actor.${decided.by.kind}`)}</dd>
          <dt>{t('portal.usage.when')}</dt>
          <dd>
            <Time at={decided.at} />
          </dd>
          {decided.reason !== undefined && (
            <>
              <dt>{t('portal.usage.why')}</dt>
              <dd className="break">{decided.reason}</dd>
            </>
          )}
          {decided.revision !== undefined && (
            <>
              <dt>{t('portal.usage.revision')}</dt>
              <dd>{decided.revision}</dd>
            </>
          )}
          {decided.handedOn !== undefined && <Billed figures={decided.handedOn} />}
        </dl>
      )}
    </Section>
  )
}

/** The figures that the decision let go on. */
function Billed({ figures }: { readonly figures: UsageErrorDetail['recorded'] }) {
  const { t } = useTranslation()
  const { energyWh, startedAt, endedAt, totals } = figures
  return (
    <>
      <dt>{t('portal.usage.billed')}</dt>
      <dd className="b">
        {energyText(energyWh)},{' '}
        {totals === undefined ? t('portal.sessions.no-price') : <Money money={totals.inclTax} />}
      </dd>
      <dt>{t('portal.usage.begin')}</dt>
      <dd>
        <Time isWhole at={startedAt} />
      </dd>
      <dt>{t('portal.usage.end')}</dt>
      <dd>
        <Time isWhole at={endedAt} />
      </dd>
    </>
  )
}

function About({ error }: { readonly error: UsageErrorDetail }) {
  const { t } = useTranslation()
  return (
    <Section title={t('portal.usage.about')}>
      <dl className="kv ekv pb">
        <dt>{t('portal.usage.session')}</dt>
        <dd>
          <Link to={`/sessions/${error.sessionId}`}>{spokenNumber(error.sessionNumber)}</Link>{' '}
          {t('portal.usage.of-revision', { revision: error.revision })}
        </dd>
        <dt>{t('portal.stations.number')}</dt>
        <dd>
          <Link to={`/stations/${error.stationId}`}>{spokenNumber(error.stationNumber)}</Link>{' '}
          {t('portal.stations.evse', { id: error.evseId })}
        </dd>
        <dt>{t('portal.usage.connector')}</dt>
        <dd>{t('portal.usage.at-most', { power: powerText(error.maxPowerW), energy: energyText(error.mostWh) })}</dd>
        <dt>{t('portal.usage.found')}</dt>
        <dd>
          <Time at={error.foundAt} />
        </dd>
      </dl>
    </Section>
  )
}
