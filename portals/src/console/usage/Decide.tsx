import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, problemCode } from '../../api.ts'
import type { UsageErrorDetail, UsagePreview } from '../../api-types.ts'
import { Field, Segments } from '../../parts/Field.tsx'
import { Money } from '../../parts/Figures.tsx'
import { energyText, milliseconds, shownZone } from '../../parts/quantities.ts'
import { FormProblem } from '../../parts/Waiting.tsx'
import { instantOfField, localFieldText } from '../../parts/zoned.ts'
import { Section } from '../sessions/SessionParts.tsx'

type Way = 'accept' | 'correct' | 'own-figures'

interface Own {
  readonly energy: string
  readonly begin: string
  readonly end: string
}

/** What becomes of the record: as it is, as proposed, or with own figures; always with a reason, and the price before. */
export function Decide({ error }: { readonly error: UsageErrorDetail }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [way, setWay] = useState<Way>(error.proposed === undefined ? 'own-figures' : 'correct')
  const [own, setOwn] = useState(() => ownOf(error))
  const [reason, setReason] = useState('')
  const figures = figuresOf(own, error)
  const names = useFieldNames()
  const decide = useMutation({
    mutationFn: () =>
      call<UsageErrorDetail>('POST', `/v1/usage-errors/${error.id}/decide`, {
        decision: way,
        reason,
        ...(way === 'own-figures' ? figures : {}),
      }),
    onSuccess: (after) => client.setQueryData(['usage-error', error.id], after),
    onError: (problem) => {
      // Somebody was first, or the station told more: what holds now is shown.
      if (problemCode(problem) === 'already-decided')
        void client.invalidateQueries({ queryKey: ['usage-error', error.id] })
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['usage-errors'] })
      void client.invalidateQueries({ queryKey: ['session', error.sessionId] })
    },
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    decide.mutate()
  }
  return (
    <Section title={t('portal.usage.decision')}>
      <form className="pb col g3" onSubmit={submit}>
        <Segments
          label={t('portal.usage.what-becomes')}
          value={way}
          onText={(value) => setWay(value as Way)}
          options={(['correct', 'accept', 'own-figures'] as const)
            .filter((value) => value !== 'correct' || error.proposed !== undefined)
            .map((value) => ({ value, text: t(`portal.usage.way.${value}`) }))}
        />
        <p className="mid">{t(`portal.usage.way-note.${way}`)}</p>
        {way === 'own-figures' && <OwnFigures error={error} own={own} set={setOwn} />}
        {way === 'own-figures' && <Preview error={error} figures={figures} />}
        <Field
          label={t('portal.usage.why')}
          hint={t('portal.usage.why-hint')}
          value={reason}
          onText={setReason}
          required
          minLength={3}
          maxLength={1000}
        />
        <FormProblem error={decide.error} names={names} />
        <div className="row wrap">
          <button type="submit" className="btn main" disabled={decide.isPending || reason.trim().length < 3}>
            {t(`portal.usage.do.${way}`)}
          </button>
        </div>
      </form>
    </Section>
  )
}

function OwnFigures(props: { readonly error: UsageErrorDetail; readonly own: Own; readonly set: (own: Own) => void }) {
  const { t } = useTranslation()
  const { error, own, set } = props
  return (
    <>
      <Field
        label={t('portal.usage.energy')}
        hint={t('portal.usage.energy-hint', { most: energyText(error.mostWh) })}
        type="number"
        min={0}
        step={1}
        unit="Wh"
        required
        value={own.energy}
        onText={(energy) => set({ ...own, energy })}
      />
      <Field
        label={t('portal.usage.begin')}
        type="datetime-local"
        required
        value={own.begin}
        onText={(begin) => set({ ...own, begin })}
      />
      <Field
        label={t('portal.usage.end')}
        type="datetime-local"
        required
        value={own.end}
        onText={(end) => set({ ...own, end })}
      />
    </>
  )
}

/** What these figures would cost, as the server calculates it. */
function Preview({ error, figures }: { readonly error: UsageErrorDetail; readonly figures: Figures }) {
  const { t } = useTranslation()
  const preview = useQuery({
    queryKey: ['usage-preview', error.id, figures],
    queryFn: () => call<UsagePreview>('POST', `/v1/usage-errors/${error.id}/calculate`, figures),
    enabled: figures.energyWh !== undefined,
    retry: false,
  })
  const { data } = preview
  const names = useFieldNames()
  if (preview.isError) return <FormProblem error={preview.error} names={names} />
  return (
    <output className="b">
      {data === undefined
        ? t(preview.isFetching ? 'portal.usage.calculating' : 'portal.usage.no-preview')
        : data.totals === undefined
          ? t('portal.sessions.no-price')
          : t('portal.usage.would-cost')}{' '}
      {data?.totals !== undefined && <Money money={data.totals.inclTax} />}
    </output>
  )
}

function useFieldNames(): Readonly<Record<string, string>> {
  const { t } = useTranslation()
  return {
    '/energyWh': t('portal.usage.energy'),
    '/startedAt': t('portal.usage.begin'),
    '/endedAt': t('portal.usage.end'),
    '/reason': t('portal.usage.why'),
  }
}

const zone = (): string => shownZone() ?? 'UTC'

/** Begins with what may be right: what no connector can have given is left for somebody to say. */
function ownOf({ recorded, proposed, mostWh }: UsageErrorDetail): Own {
  const { energyWh } = proposed ?? recorded
  const field = (at: string): string => localFieldText(milliseconds(at), zone())
  return {
    energy: energyWh > mostWh ? '' : String(energyWh),
    begin: field(recorded.startedAt),
    end: field(recorded.endedAt),
  }
}

interface Figures {
  readonly energyWh?: number
  readonly startedAt?: string
  readonly endedAt?: string
}

/** Times that were not touched stay as exact as they are: fields know minutes only. */
function figuresOf(own: Own, error: UsageErrorDetail): Figures {
  const before = ownOf(error)
  const energyWh = Number(own.energy)
  const time = (name: 'begin' | 'end'): string | undefined => {
    const at = instantOfField(own[name], zone())
    return own[name] === before[name] || Number.isNaN(at) ? undefined : new Date(at).toISOString()
  }
  const [startedAt, endedAt] = [time('begin'), time('end')]
  return {
    ...(own.energy !== '' && Number.isInteger(energyWh) && energyWh >= 0 ? { energyWh } : {}),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  }
}
