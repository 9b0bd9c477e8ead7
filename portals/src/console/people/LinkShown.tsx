import { useTranslation } from 'react-i18next'
import { Dialog } from '../../parts/Dialog.tsx'
import { CopyField } from '../../parts/CopyField.tsx'

/** A link that signs somebody in, once: closed on purpose only, for it is not shown again. */
export function LinkShown(props: { readonly name: string; readonly url: string; readonly close: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog
      onClose={props.close}
      title={t('portal.people.link.title', { name: props.name })}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <div className="col g3">
        <CopyField label={t('portal.people.link.label')} value={props.url} hint={t('portal.people.link.hint')} />
        <div className="row">
          <button type="button" className="btn main" onClick={props.close}>
            {t('portal.people.link.done')}
          </button>
        </div>
      </div>
    </Dialog>
  )
}
