import { QueryObserver } from '@tanstack/react-query'
import { expect, it, vi } from 'vitest'
import { makeQueryClient } from '../query-client.ts'
import { fetchAnew } from './fetch-anew.ts'

function watched(key: string) {
  const client = makeQueryClient()
  client.mount()
  const answers: ((text: string) => void)[] = []
  const observer = new QueryObserver(client, {
    queryKey: [key],
    queryFn: () => new Promise<string>((resolve) => answers.push(resolve)),
  })
  const stop = observer.subscribe(() => {})
  return { client, answers, observer, stop }
}

it('an answer that was on its way when the stream opened is asked for anew', async () => {
  const { client, answers, observer, stop } = watched('station')
  fetchAnew(client, 'anything')
  answers[0]?.('as it was before')
  await vi.waitFor(() => expect(answers).toHaveLength(2))
  answers[1]?.('as it is')
  await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe('as it is'))
  stop()
  client.unmount()
})

it('what was there is asked for anew once; what frames alone may have changed, only the log', async () => {
  const { client, answers, observer, stop } = watched('station')
  answers[0]?.('as it was before')
  await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe('as it was before'))
  fetchAnew(client, 'frames')
  expect(answers).toHaveLength(1)
  fetchAnew(client, 'anything')
  expect(answers).toHaveLength(2)
  answers[1]?.('as it is')
  await vi.waitFor(() => expect(observer.getCurrentResult().fetchStatus).toBe('idle'))
  expect(answers).toHaveLength(2)
  stop()
  client.unmount()
})
