import type { FormEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from './Dialog.tsx'
import { FormProblem } from './Waiting.tsx'

/** What a press of the main button does, as `useMutation` gives it. */
interface Act {
  readonly error: unknown
  readonly isPending: boolean
  mutate(): void
}

/** A dialog with one form: its fields, what was wrong with it, a button that does it, and one that leaves. */
export function FormDialog(props: {
  readonly title: string
  /** Words of the main button. */
  readonly does: string
  readonly act: Act
  readonly close: () => void
  /** What is asked is not whole yet, or changes nothing: nothing is sent. */
  readonly isUnready?: boolean
  /** Cannot be undone. */
  readonly isRisk?: boolean
  /** After the form, outside of it. */
  readonly below?: ReactNode
  readonly children: ReactNode
}) {
  const { title, does, act, close, isUnready = false, isRisk = false, below, children } = props
  const { t } = useTranslation()
  function submit(event: FormEvent) {
    event.preventDefault()
    if (!isUnready) act.mutate()
  }
  return (
    <Dialog onClose={close} title={title}>
      <form className="col g3" onSubmit={submit}>
        {children}
        <FormProblem error={act.error} />
        <div className="row">
          <button type="submit" className={`btn ${isRisk ? 'risk' : 'main'}`} disabled={act.isPending || isUnready}>
            {does}
          </button>
          <button type="button" className="btn quiet" data-autofocus onClick={close}>
            {t('portal.cancel')}
          </button>
        </div>
      </form>
      {below}
    </Dialog>
  )
}
