import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { OcpiTariff, PriceCalculation } from '../../api-types.ts'
import { Field } from '../../parts/Field.tsx'
import { PriceLines } from '../../parts/PriceLines.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'
import { instantOfField, nowFieldText } from '../../parts/zoned.ts'
import { useMe } from '../../session-of-staff.ts'
import { type CalculatorForm, sessionOf } from './tariff-form.ts'

/** What a session would cost by the prices as they stand in the editor: the server's own rules, the ones that bill. */
export function Calculator({ tariff }: { readonly tariff: OcpiTariff | undefined }) {
  const { t } = useTranslation()
  const { timeZone } = useMe().tenant
  const [form, setForm] = useState<CalculatorForm>(() => ({
    startedAt: nowFieldText(timeZone),
    kilowattHours: '30',
    chargingMinutes: '42',
    parkedMinutes: '75',
  }))
  const set = (name: keyof CalculatorForm) => (text: string) => setForm({ ...form, [name]: text })
  const session = sessionOf(form, instantOfField(form.startedAt, timeZone))
  const isFilled = tariff !== undefined && session !== undefined
  const asked = useRested(isFilled ? JSON.stringify({ tariff, timeZone, session }) : undefined)
  const result = useQuery({
    queryKey: ['price-calculation', asked],
    queryFn: () => call<PriceCalculation>('POST', '/v1/price-calculations', JSON.parse(asked ?? '{}')),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  return (
    <section className="panel" aria-label={t('portal.tariffs.calculator')}>
      <div className="ph">
        <h2>{t('portal.tariffs.calculator')}</h2>
        <span className="dim t12">{t('portal.tariffs.same-code')}</span>
      </div>
      <div className="pb col g3">
        <SessionFields form={form} set={set} />
        <FormProblem error={result.error} />
      </div>
      <div aria-live="polite">
        {result.data === undefined || asked === undefined ? (
          <p className="pb dim sep">
            {t(isFilled && !result.isError ? 'portal.usage.calculating' : 'portal.tariffs.calculator-empty')}
          </p>
        ) : (
          <PriceLines lines={result.data.lines} totals={result.data.totals} />
        )}
      </div>
    </section>
  )
}

/** A value that has not changed for a moment: nobody is asked while one types. */
function useRested(value: string | undefined): string | undefined {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), 250)
    return () => clearTimeout(timer)
  }, [value])
  return rested
}

function SessionFields(props: {
  readonly form: CalculatorForm
  readonly set: (name: keyof CalculatorForm) => (text: string) => void
}) {
  const { t } = useTranslation()
  const { form, set } = props
  return (
    <>
      <Field label={t('portal.tariffs.start')} type="datetime-local" value={form.startedAt} onText={set('startedAt')} />
      <Field
        label={t('portal.sessions.energy')}
        unit="kWh"
        inputMode="decimal"
        value={form.kilowattHours}
        onText={set('kilowattHours')}
      />
      <div className="cols">
        <Field
          label={t('portal.tariffs.charging')}
          unit="min"
          inputMode="numeric"
          value={form.chargingMinutes}
          onText={set('chargingMinutes')}
        />
        <Field
          label={t('portal.tariffs.parked')}
          unit="min"
          inputMode="numeric"
          value={form.parkedMinutes}
          onText={set('parkedMinutes')}
        />
      </div>
    </>
  )
}
