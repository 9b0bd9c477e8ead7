import { Modal, type ModalProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSignedOut } from '../signed-out.ts'
import { useFocusBack } from './focus-back.ts'

/** A dialog that is there while it is drawn; when it goes, the focus is back where it was. */
export function Dialog(props: Omit<ModalProps, 'opened'>) {
  const { t } = useTranslation()
  useFocusBack()
  // While signing in lies over it, Escape is not meant for it.
  const isOut = useSignedOut()
  return <Modal opened closeOnEscape={!isOut} closeButtonProps={{ 'aria-label': t('portal.close') }} {...props} />
}
