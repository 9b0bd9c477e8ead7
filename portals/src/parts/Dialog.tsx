import { Modal, type ModalProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSignedOut } from '../signed-out.ts'
import { useFocusBack } from './focus-back.ts'

/**
 * A dialog that is there while it is drawn. One begins in its first field, without any where `data-autofocus` stands; when it goes, the
 * focus is back where it was.
 */
export function Dialog({ children, ...props }: Omit<ModalProps, 'opened'>) {
  const { t } = useTranslation()
  useFocusBack()
  // While signing in lies over it, Escape is not meant for it.
  const isOut = useSignedOut()
  return (
    <Modal opened closeOnEscape={!isOut} closeButtonProps={{ 'aria-label': t('portal.close') }} {...props}>
      <div ref={markFirstField}>{children}</div>
    </Modal>
  )
}

// Mantine gives the focus to the first element that is marked, else to the button that closes.
function markFirstField(box: HTMLElement | null): void {
  box
    ?.querySelector(':is(input, select, textarea):not(:disabled, details:not([open]) *)')
    ?.setAttribute('data-autofocus', '')
}
