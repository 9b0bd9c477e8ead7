/**
 * The members that differ. A form sends these alone: what a colleague set of the others while it was open stays as they set it. `before` is what
 * the form showed when it was opened, not what is there now.
 */
export function changedMembers<T extends object>(before: T, after: T): Partial<T> {
  const was = new Map<string, unknown>(Object.entries(before))
  const differs = ([name, value]: readonly [string, unknown]): boolean =>
    JSON.stringify(value) !== JSON.stringify(was.get(name))
  return Object.fromEntries(Object.entries(after).filter(differs)) as Partial<T>
}
