import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Station } from '../../api-types.ts'
import { Dialog } from '../../parts/Dialog.tsx'
import { Choice, Field } from '../../parts/Field.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'
import type { CommandForm, FormField, FormValues } from './command-forms.ts'
import { type CommandRequest, useSendCommand } from './use-send-command.ts'

/** What a command needs, and what exactly will be asked, before it is sent. */
export function CommandDialog(props: {
  readonly form: CommandForm
  readonly station: Station
  readonly close: () => void
}) {
  const { t } = useTranslation()
  const { form, station } = props
  const send = useSendCommand(station.id)
  const [values, setValues] = useState<FormValues>(() => firstValues(form, station))
  const request = requestOf(form, values, station)
  function submit(event: FormEvent) {
    event.preventDefault()
    if (request !== undefined) send.mutate(request, { onSuccess: props.close })
  }
  return (
    <Dialog onClose={props.close} title={t(`portal.stations.command.${form.id}`)}>
      <form className="col g3" onSubmit={submit}>
        <p className="mid">{t(`portal.stations.command-note.${form.id}`)}</p>
        {form.fields.map((field) => (
          <FieldOf
            key={field.name}
            field={field}
            station={station}
            value={values[field.name] ?? ''}
            isOfOne={field.isOfOne?.(values, station) === true}
            onText={(text) => setValues({ ...values, [field.name]: text })}
            isWrong={field.kind === 'json' && request === undefined}
          />
        ))}
        <details>
          <summary className="t12 dim">{t('portal.stations.exact')}</summary>
          <pre className="mono code">{JSON.stringify(request ?? null)}</pre>
        </details>
        <FormProblem error={send.error} />
        <div className="row">
          <button type="submit" className="btn main" disabled={request === undefined || send.isPending}>
            {t(send.isPending ? 'portal.stations.sending' : 'portal.stations.send')}
          </button>
          <button type="button" className="btn quiet" data-autofocus onClick={props.close}>
            {t('portal.cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function FieldOf(props: {
  readonly field: FormField
  readonly station: Station
  readonly value: string
  readonly onText: (text: string) => void
  readonly isOfOne: boolean
  readonly isWrong: boolean
}) {
  const { t } = useTranslation()
  const { field, value, onText } = props
  const label = t(field.word)
  if (field.kind === 'json') {
    return (
      <div className="field">
        <label htmlFor="command-json">{label}</label>
        <textarea
          id="command-json"
          className="inp mono area"
          rows={6}
          spellCheck={false}
          value={value}
          aria-invalid={props.isWrong || undefined}
          onChange={(event) => onText(event.target.value)}
        />
        {props.isWrong && <span className="hint error">{t('portal.stations.field.no-json')}</span>}
      </div>
    )
  }
  if (field.kind === 'text')
    return <Field label={label} required={field.optional !== true} value={value} onText={onText} />
  const evses = props.station.evses.map(({ id }) => ({ value: String(id), text: t('portal.stations.evse', { id }) }))
  const options =
    field.kind === 'choice'
      ? (field.choices ?? []).map((choice) => ({ value: choice.value, text: t(choice.word) }))
      : field.kind === 'evse' || props.isOfOne
        ? evses
        : [{ value: '', text: t('portal.stations.field.whole-station') }, ...evses]
  return <Choice label={label} value={value} options={options} onText={onText} />
}

function firstValues(form: CommandForm, station: Station): FormValues {
  return Object.fromEntries(
    form.fields.map((field) => [
      field.name,
      field.kind === 'evse'
        ? String(station.evses[0]?.id ?? 1)
        : field.kind === 'json'
          ? '{}'
          : (field.choices?.[0]?.value ?? ''),
    ]),
  )
}

function requestOf(form: CommandForm, values: FormValues, station: Station): CommandRequest | undefined {
  try {
    return form.request(values, station)
  } catch {
    // The JSON does not read yet; the field says so.
    return undefined
  }
}
