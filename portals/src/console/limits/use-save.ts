import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api.ts'

/** Saves what was changed and shows what is set now. */
export function useSave<Answer>(path: string, key: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (changes: object) => call<Answer>('PATCH', path, changes),
    onSuccess: (answer) => client.setQueryData([key], answer),
  })
}

/** Seconds of a field in minutes; an empty field is the default. */
export function secondsFrom(minutes: string): number | null {
  return minutes.trim() === '' ? null : Math.round(Number(minutes) * 60)
}

export function minutesFrom(seconds: number): string {
  return String(Math.round(seconds / 60))
}
