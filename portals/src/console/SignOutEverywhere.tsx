import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { call } from '../api.ts'
import { FormDialog } from '../parts/FormDialog.tsx'

/** For somebody whose machine is in other hands. */
export function SignOutEverywhere(props: { readonly left: () => Promise<void>; readonly close: () => void }) {
  const { t } = useTranslation()
  const leave = useMutation({
    mutationFn: () => call('POST', '/v1/sign-out/everywhere', {}),
    onSuccess: props.left,
  })
  return (
    <FormDialog
      title={t('portal.shell.everywhere')}
      does={t('portal.shell.everywhere')}
      act={{ ...leave, mutate: () => leave.mutate() }}
      close={props.close}
    >
      <p>{t('portal.shell.everywhere-text')}</p>
    </FormDialog>
  )
}
