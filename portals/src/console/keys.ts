import { useEffect, useEffectEvent } from 'react'

/**
 * Keys of the console. Sequences (`g m`) come from the task registry, the rest from the pages; single characters can be
 * switched off (WCAG 2.1.4), and none works while one types.
 */
export interface KeyBinding {
  readonly keys: string
  /** Text key of what it does, for the help. */
  readonly word: string
  readonly run: () => void
}

const bindings = new Set<readonly KeyBinding[]>()
const storageKey = 'lataamo-single-keys'

/** Binds keys while the component is shown. */
export function useKeys(list: readonly KeyBinding[]): void {
  const run = useEffectEvent((index: number) => list[index]?.run())
  // Keys and words, one binding a line: an effect that depends on it binds anew only when they change.
  const shape = list.map(({ keys, word }) => `${keys}|${word}`).join('\n')
  useEffect(() => {
    const bound = shape.split('\n').map((line, index) => {
      const [keys = '', word = ''] = line.split('|')
      return { keys, word, run: () => run(index) }
    })
    bindings.add(bound)
    return () => {
      bindings.delete(bound)
    }
  }, [shape])
}

export function boundKeys(): readonly KeyBinding[] {
  return [...bindings].flat()
}

export function areSingleKeysOn(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off'
  } catch {
    return true
  }
}

export function switchSingleKeys(on: boolean): void {
  try {
    localStorage.setItem(storageKey, on ? 'on' : 'off')
  } catch {
    // Without storage they stay on.
  }
}

/** Listens for the whole console. */
export function listenForKeys(): () => void {
  let pending = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  function pressed(event: KeyboardEvent) {
    if (event.defaultPrevented || event.altKey || event.metaKey) return
    const name = keyName(event)
    if (event.ctrlKey ? false : isTyping(event.target) || isDialogOpen() || !areSingleKeysOn()) return
    const sequence = pending === '' ? name : `${pending} ${name}`
    const all = boundKeys()
    const hit = all.find(({ keys }) => keys === sequence) ?? all.find(({ keys }) => keys === name)
    clearTimeout(timer)
    pending = ''
    if (hit !== undefined) {
      event.preventDefault()
      hit.run()
    } else if (all.some(({ keys }) => keys.startsWith(`${name} `))) {
      pending = name
      timer = setTimeout(() => (pending = ''), 1500)
    }
  }
  document.addEventListener('keydown', pressed)
  return () => document.removeEventListener('keydown', pressed)
}

/** J and K: the focus goes to the next or the previous row's link. */
export function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')]
  const current = rows.findIndex((row) => row === document.activeElement)
  const next = rows[current === -1 ? (step === 1 ? 0 : rows.length - 1) : current + step]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

export function focusFilter(): void {
  document.querySelector<HTMLElement>('main [data-filter], main .chips button')?.focus()
}

function keyName(event: KeyboardEvent): string {
  if (event.ctrlKey) return `Ctrl ${event.key.toUpperCase()}`
  return event.key.length === 1 ? event.key.toLowerCase() : event.key
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
}

function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"]') !== null
}
