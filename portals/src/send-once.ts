import { useState } from 'react'
import { call, isProblem, randomKey } from './api.ts'

type SendOnce = <Answer>(path: string, body: unknown) => Promise<Answer>

/** Whether the server may have done it all the same: nothing came back, or what stands before it answered in its place. */
function isUnanswered(error: unknown): boolean {
  return !isProblem(error) || error.problem.status === 0 || error.problem.status >= 500
}

/**
 * Sends what a form makes. As long as no answer came, the same words go under the same Idempotency-Key however often they are sent:
 * what was made already is not made twice, and its answer comes after all.
 */
export function makeSendOnce(): SendOnce {
  const unanswered = new Map<string, string>()
  return async <Answer>(path: string, body: unknown) => {
    const what = `${path} ${JSON.stringify(body)}`
    const key = unanswered.get(what) ?? randomKey()
    unanswered.set(what, key)
    try {
      const answer = await call<Answer>('POST', path, body, { key })
      unanswered.delete(what)
      return answer
    } catch (error) {
      if (!isUnanswered(error)) unanswered.delete(what)
      throw error
    }
  }
}

/** One for as long as the form is shown. */
export function useSendOnce(): SendOnce {
  return useState(makeSendOnce)[0]
}
