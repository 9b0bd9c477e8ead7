import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import { Field } from '../../parts/Field.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'
import { Words } from './Words.tsx'

/** One's own password, after a link or by wish. */
export function SetPassword(props: { readonly asksCurrent: boolean; readonly done: () => Promise<void> }) {
  const { t } = useTranslation()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const save = useMutation({
    mutationFn: () =>
      call('POST', '/v1/sign-in/password', { password, ...(props.asksCurrent && current !== '' ? { current } : {}) }),
    onSuccess: props.done,
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Words title={t('portal.sign-in.set.title')}>
      <p className="mid">{t('portal.sign-in.set.text')}</p>
      <form className="col g4" onSubmit={submit}>
        {props.asksCurrent && (
          <Field
            big
            label={t('portal.sign-in.set.current')}
            type="password"
            autoComplete="current-password"
            value={current}
            onText={setCurrent}
          />
        )}
        <Field
          big
          label={t('portal.sign-in.set.new')}
          hint={t('portal.sign-in.set.hint')}
          type="password"
          autoComplete="new-password"
          minLength={12}
          required
          value={password}
          onText={setPassword}
        />
        <FormProblem error={save.error} />
        <button type="submit" className="btn touch big main" disabled={save.isPending}>
          {t('portal.sign-in.set.save')}
        </button>
        <button type="button" className="btn touch quiet" onClick={() => void props.done()}>
          {t('portal.sign-in.set.later')}
        </button>
      </form>
    </Words>
  )
}
