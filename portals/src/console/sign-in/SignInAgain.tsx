import { Modal } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Me } from '../../api-types.ts'
import { tryLiveNow } from '../../live/connection.ts'
import { meQuery } from '../../session-of-staff.ts'
import { noteSignedOut, useSignedOut } from '../../signed-out.ts'
import { PasswordSignIn } from './PasswordSignIn.tsx'

/**
 * The sign-in ended while one was at work: signing in goes over the page, so that what was typed there is kept. Veiled: whoever
 * comes by meanwhile is not to read it.
 */
export function SignInAgain({ me }: { readonly me: Me }) {
  const { t } = useTranslation()
  const isOut = useSignedOut()
  const goOn = useGoOn(me)
  const looked = useEffectEvent(() => {
    if (isOut && document.visibilityState === 'visible') void goOn()
  })
  useEffect(() => {
    // Signed in meanwhile beside it: by a link, which opens a page of its own.
    document.addEventListener('visibilitychange', looked)
    return () => document.removeEventListener('visibilitychange', looked)
  }, [])
  if (!isOut) return null
  return (
    <Modal
      opened
      onClose={() => {}}
      withCloseButton={false}
      closeOnClickOutside={false}
      zIndex={400}
      attributes={{ content: { 'aria-label': t('portal.sign-in.title') } }}
      overlayProps={{ backgroundOpacity: 0.6, blur: 12 }}
    >
      <PasswordSignIn mail={me.staff.mail} done={goOn}>
        <p className="mid">{t('portal.sign-in.again', { name: me.staff.name })}</p>
      </PasswordSignIn>
    </Modal>
  )
}

/** Back to work as the same person; whoever else signed in sees nothing of it. */
function useGoOn(me: Me): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    let now: Me
    try {
      now = await client.fetchQuery({ ...meQuery, staleTime: 0 })
    } catch {
      // Still nobody.
      return
    }
    if (now.staff.id !== me.staff.id) {
      window.location.assign('/')
      return
    }
    noteSignedOut(false)
    tryLiveNow()
    await client.invalidateQueries()
  }
}
