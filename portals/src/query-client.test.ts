import { MutationObserver, onlineManager, QueryObserver } from '@tanstack/react-query'
import { afterEach, expect, it, vi } from 'vitest'
import { makeQueryClient } from './query-client.ts'

afterEach(() => onlineManager.setOnline(true))

function noAnswer(): Promise<never> {
  return Promise.reject(Object.assign(new Error('no answer'), { problem: { status: 0, code: 'no-answer' } }))
}

it('what is pressed without a network fails at once, and is not sent by itself when the network is back', async () => {
  const client = makeQueryClient()
  client.mount()
  onlineManager.setOnline(false)
  const start = vi.fn(noAnswer)
  const press = new MutationObserver(client, { mutationFn: start })
  await expect(press.mutate()).rejects.toThrow('no answer')
  onlineManager.setOnline(true)
  await client.resumePausedMutations()
  expect(start).toHaveBeenCalledTimes(1)
  client.unmount()
})

it('a list that is asked for without a network says so, and comes when the network is back', async () => {
  const client = makeQueryClient()
  client.mount()
  onlineManager.setOnline(false)
  let answer: () => Promise<string> = noAnswer
  const list = new QueryObserver(client, { queryKey: ['list'], queryFn: () => answer(), retry: false })
  const stop = list.subscribe(() => {})
  await vi.waitFor(() => expect(list.getCurrentResult().status).toBe('error'))
  answer = () => Promise.resolve('there')
  onlineManager.setOnline(true)
  await vi.waitFor(() => expect(list.getCurrentResult().data).toBe('there'))
  stop()
  client.unmount()
})
