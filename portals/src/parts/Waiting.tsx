import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isProblem, problemCode } from '../api.ts'
import { fieldNameKey } from './field-names.ts'
import { Icon, type IconName } from './Icon.tsx'

/** Grey rows in the shape of what comes. */
export function Loading({ rows = 4 }: { readonly rows?: number }) {
  const { t } = useTranslation()
  return (
    <div className="pb col g3">
      <output className="sr">{t('portal.loading')}</output>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="bone" style={{ width: `${92 - ((row * 23) % 40)}%` }} />
      ))}
    </div>
  )
}

/** Nothing yet, or nothing that matches: what it is and the first thing to do. */
export function Empty(props: {
  readonly icon: IconName
  readonly title: string
  readonly text: string
  readonly children?: ReactNode
}) {
  return (
    <div className="empty">
      <span className="empty-i">
        <Icon name={props.icon} size={20} />
      </span>
      <p className="t16 b">{props.title}</p>
      <p className="mid">{props.text}</p>
      {props.children !== undefined && <div className="row wrap empty-a">{props.children}</div>}
    </div>
  )
}

/** What happened, what to do, and the number to quote. */
export function Failed({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const words = useProblemWords(error)
  return (
    <div className="failed" role="alert">
      <Icon name="warning" size={20} />
      <div className="col g2 grow">
        <p className="t14 b">{t('portal.failed.title')}</p>
        <p>{words}</p>
        <FieldErrors error={error} />
        <div className="row wrap">
          <button
            type="button"
            className="btn sm"
            onClick={retry ?? (() => void client.refetchQueries({ type: 'active' }))}
          >
            <Icon name="refresh" />
            {t('portal.failed.retry')}
          </button>
          <RequestNumber error={error} />
        </div>
      </div>
    </div>
  )
}

function RequestNumber({ error }: { readonly error: unknown }) {
  const { t } = useTranslation()
  const requestId = isProblem(error) ? error.problem.requestId : undefined
  if (requestId === undefined) return null
  return (
    <span className="t12 dim">
      {t('portal.failed.request')} <span className="mono">{requestId}</span>
    </span>
  )
}

type FieldNames = Readonly<Record<string, string>>

/** A refusal beside the form that caused it. `names`: what the form calls its fields, by pointer. */
export function FormProblem({ error, names = {} }: { readonly error: unknown; readonly names?: FieldNames }) {
  const words = useProblemWords(error)
  if (error === null || error === undefined) return null
  // A fault of ours is noted under a number: whoever tells us of it needs that.
  const isOurs = isProblem(error) && error.problem.status >= 500
  return (
    <div className="note s-faulted" role="alert">
      <Icon name="warning" />
      <div className="col g1">
        <p>{words}</p>
        <FieldErrors error={error} names={names} />
        {isOurs && <RequestNumber error={error} />}
      </div>
    </div>
  )
}

/** What the server says of it in the reader's language; our own words where it says nothing, or was not reached. */
function useProblemWords(error: unknown): string {
  const { t, i18n } = useTranslation()
  const code = problemCode(error)
  const key = `portal.problem.${code}`
  const problem = isProblem(error) ? error.problem : undefined
  if (isAddressOfNothing(error)) return t('portal.problem.nothing-there')
  // What the server says of it is for programs: a person has no key to send.
  if (code === 'not-signed-in') return t('portal.problem.not-signed-in')
  // The fields at fault follow; a sentence about their list is for programs.
  if ((problem?.errors ?? []).length > 0) return t('portal.problem.fields')
  return problem?.detail ?? (i18n.exists(key) ? t(key) : (problem?.title ?? t('portal.problem.other', { code })))
}

/** The address itself names what cannot be: no field is at fault, there is nothing to show. */
function isAddressOfNothing(error: unknown): boolean {
  const errors = isProblem(error) ? (error.problem.errors ?? []) : []
  return errors.length > 0 && errors.every(({ pointer }) => pointer.startsWith('/params/'))
}

function FieldErrors({ error, names = {} }: { readonly error: unknown; readonly names?: FieldNames }) {
  const { t } = useTranslation()
  const errors = isProblem(error) ? (error.problem.errors ?? []) : []
  if (errors.length === 0 || isAddressOfNothing(error)) return null
  const nameOf = (pointer: string): string | undefined => {
    const key = fieldNameKey(pointer)
    return names[pointer] ?? (key === undefined ? undefined : t(key))
  }
  return (
    <ul className="col g1">
      {errors.map(({ pointer, message, code }) => (
        <li key={`${pointer} ${code}`}>
          {nameOf(pointer) === undefined ? <span className="mono">{pointer}</span> : <b>{nameOf(pointer)}:</b>}{' '}
          {message}
        </li>
      ))}
    </ul>
  )
}

/** May be read, not changed: said before somebody tries. */
export function ReadOnly() {
  const { t } = useTranslation()
  return (
    <p className="note">
      <Icon name="lock" />
      {t('portal.no-right.read-only')}
    </p>
  )
}

/** No right: whom to ask. */
export function NoRight() {
  const { t } = useTranslation()
  return (
    <section className="panel">
      <Empty icon="lock" title={t('portal.no-right.title')} text={t('portal.no-right.text')} />
    </section>
  )
}
