import { useTranslation } from 'react-i18next'
import { Icon } from '../../parts/Icon.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'

/** The end of a form: what went wrong, the button, and that it was saved. */
export function SaveRow(props: {
  readonly save: { readonly isPending: boolean; readonly isSuccess: boolean; readonly error: unknown }
  /** Something was typed since. */
  readonly isChanged: boolean
}) {
  const { t } = useTranslation()
  const { isPending, isSuccess, error } = props.save
  return (
    <>
      <FormProblem error={error} />
      <div className="row wrap">
        <button type="submit" className="btn main" disabled={isPending}>
          {t('portal.limits.save')}
        </button>
        <output className="row g1 mid">
          {isSuccess && !props.isChanged && (
            <>
              <Icon name="check" />
              {t('portal.limits.saved')}
            </>
          )}
        </output>
      </div>
    </>
  )
}
