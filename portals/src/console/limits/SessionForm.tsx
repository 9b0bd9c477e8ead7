import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SessionLimits } from '../../api-types.ts'
import { changedMembers } from '../../parts/changed-members.ts'
import { Field } from '../../parts/Field.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { durationText } from '../../parts/quantities.ts'
import { useMay } from '../../session-of-staff.ts'
import { ReadOnly } from '../../parts/Waiting.tsx'
import { SaveRow } from './SaveRow.tsx'
import { minutesFrom, secondsFrom, useSave } from './use-save.ts'

interface ClassRow {
  readonly key: number
  readonly name: string
  readonly minutes: string
}

let nextKey = 0
const rowOf = (name: string, minutes: string): ClassRow => ({ key: (nextKey += 1), name, minutes })

function formOf({ durationSeconds, noEnergySeconds, classes, defaults }: SessionLimits) {
  const own = (seconds: number, byDefault: number) => (seconds === byDefault ? '' : minutesFrom(seconds))
  return {
    duration: own(durationSeconds, defaults.durationSeconds),
    noEnergy: own(noEnergySeconds, defaults.noEnergySeconds),
    classes: classes.map((one) => rowOf(one.class, minutesFrom(one.durationSeconds))),
  }
}

function membersOf({ duration, noEnergy, classes }: ReturnType<typeof formOf>) {
  return {
    durationSeconds: secondsFrom(duration),
    noEnergySeconds: secondsFrom(noEnergy),
    classes: classes
      .filter(({ name }) => name.trim() !== '')
      .map(({ name, minutes }) => ({ class: name.trim().toLowerCase(), durationSeconds: secondsFrom(minutes) ?? 0 })),
  }
}

/** How long sessions may run: for all, and by class of card. */
export function SessionForm({ limits }: { readonly limits: SessionLimits }) {
  const { t } = useTranslation()
  const mayWrite = useMay()('limits.write')
  const [before, setBefore] = useState(() => formOf(limits))
  const [form, setForm] = useState(before)
  const save = useSave<SessionLimits>('/v1/session-limits', 'session-limits')
  const change = (changes: Partial<typeof form>) => setForm({ ...form, ...changes })
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate(changedMembers(membersOf(before), membersOf(form)), { onSuccess: () => setBefore(form) })
  }
  const { defaults } = limits
  return (
    <form className="pb col g3" onSubmit={submit}>
      <p className="mid">{t('portal.limits.sessions-note')}</p>
      {!mayWrite && <ReadOnly />}
      <fieldset className="plain col g3" disabled={!mayWrite}>
        <div className="cols">
          <Field
            label={t('portal.limits.duration')}
            hint={t('portal.limits.default', { time: durationText(defaults.durationSeconds) })}
            type="number"
            min={1}
            unit="min"
            value={form.duration}
            onText={(duration) => change({ duration })}
          />
          <Field
            label={t('portal.limits.no-energy')}
            hint={t('portal.limits.default', { time: durationText(defaults.noEnergySeconds) })}
            type="number"
            min={1}
            unit="min"
            value={form.noEnergy}
            onText={(noEnergy) => change({ noEnergy })}
          />
        </div>
        <Classes rows={form.classes} set={(classes) => change({ classes })} />
        {mayWrite && <SaveRow save={save} isChanged={form !== before} />}
      </fieldset>
    </form>
  )
}

function Classes(props: { readonly rows: readonly ClassRow[]; readonly set: (rows: ClassRow[]) => void }) {
  const { t } = useTranslation()
  const { rows, set } = props
  const change = (key: number, changes: Partial<ClassRow>) =>
    set(rows.map((row) => (row.key === key ? { ...row, ...changes } : row)))
  return (
    <div className="col g2">
      <h3 className="t12 dim">{t('portal.limits.classes')}</h3>
      {rows.length === 0 && <p className="mid">{t('portal.limits.no-classes')}</p>}
      {rows.map((row) => (
        <div key={row.key} className="filters">
          <Field
            label={t('portal.limits.class')}
            required
            pattern="[A-Za-z0-9][A-Za-z0-9\-]*"
            maxLength={40}
            value={row.name}
            onText={(name) => change(row.key, { name })}
          />
          <Field
            label={t('portal.limits.class-duration')}
            required
            type="number"
            min={1}
            unit="min"
            value={row.minutes}
            onText={(minutes) => change(row.key, { minutes })}
          />
          <button
            type="button"
            className="btn quiet"
            onClick={() => set(rows.filter((other) => other.key !== row.key))}
          >
            {t('portal.limits.remove-class')}
            <span className="sr">{row.name}</span>
          </button>
        </div>
      ))}
      <div className="row">
        <button type="button" className="btn sm" onClick={() => set([...rows, rowOf('', '')])}>
          <Icon name="plus" />
          {t('portal.limits.add-class')}
        </button>
      </div>
    </div>
  )
}
