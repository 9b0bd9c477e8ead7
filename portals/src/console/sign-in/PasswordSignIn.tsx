import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import { Field } from '../../parts/Field.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'
import { Words } from './Words.tsx'

interface Answer {
  readonly ok?: boolean
  readonly choose?: readonly { readonly slug: string; readonly name: string }[]
}

/** Mail and password; when both fit at several networks, the choice comes after the proof. */
export function PasswordSignIn({
  done,
  mail: known = '',
  children,
}: {
  readonly done: () => Promise<void>
  /** Whose sign-in it most likely is. */
  readonly mail?: string
  readonly children?: ReactNode
}) {
  const { t } = useTranslation()
  const [mail, setMail] = useState(known)
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: (tenant?: string) =>
      call<Answer>('POST', '/v1/sign-in', { mail, password, ...(tenant === undefined ? {} : { tenant }) }),
    onSuccess: async (answer) => {
      if (answer.choose === undefined) await done()
    },
  })
  const choices = signIn.data?.choose
  if (choices !== undefined) {
    return <ChooseNetwork choices={choices} choose={(slug) => signIn.mutate(slug)} />
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    signIn.mutate(undefined)
  }
  return (
    <Words title={t('portal.sign-in.title')}>
      {children}
      <form className="col g4" onSubmit={submit}>
        <Field
          big
          label={t('portal.sign-in.mail')}
          type="email"
          autoComplete="username"
          required
          value={mail}
          onText={setMail}
        />
        <Field
          big
          label={t('portal.sign-in.password')}
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onText={setPassword}
          data-autofocus={known === '' ? undefined : true}
        />
        <FormProblem error={signIn.error} />
        <button type="submit" className="btn touch big main" disabled={signIn.isPending}>
          {t('portal.sign-in.enter')}
        </button>
        <p className="mid t14">{t('portal.sign-in.lost')}</p>
      </form>
    </Words>
  )
}

function ChooseNetwork(props: {
  readonly choices: NonNullable<Answer['choose']>
  readonly choose: (slug: string) => void
}) {
  const { t } = useTranslation()
  return (
    <Words title={t('portal.sign-in.choose')}>
      {props.choices.map(({ slug, name }) => (
        <button type="button" key={slug} className="btn touch" onClick={() => props.choose(slug)}>
          {name}
        </button>
      ))}
    </Words>
  )
}
