import { useSyncExternalStore } from 'react'

/** Light or dark: as the system has it, unless the person chose. Kept on this machine only. */
export type SchemeChoice = 'auto' | 'light' | 'dark'

const storageKey = 'lataamo-color-scheme'
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

function chosenScheme(): SchemeChoice {
  try {
    const kept = localStorage.getItem(storageKey)
    return kept === 'light' || kept === 'dark' ? kept : 'auto'
  } catch {
    return 'auto'
  }
}

function shownScheme(): 'light' | 'dark' {
  const choice = chosenScheme()
  return choice === 'auto' ? (darkSystem.matches ? 'dark' : 'light') : choice
}

export function chooseScheme(choice: SchemeChoice): void {
  try {
    localStorage.setItem(storageKey, choice)
  } catch {
    // Without storage the choice holds until the page is left.
  }
  showScheme()
}

/** Sets the attribute that tokens.css hangs on, before anything is drawn. */
export function showScheme(): void {
  document.documentElement.setAttribute('data-mantine-color-scheme', shownScheme())
  for (const listener of listeners) listener()
}

darkSystem.addEventListener('change', showScheme)

export function useShownScheme(): 'light' | 'dark' {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, shownScheme)
}
