/**
 * Waits for a fact, looking often; throws when it has not come true in time. What the look throws goes through. The time is no promise of
 * the program: it only ends a run in which the fact never comes, on the slowest machine that tests run on.
 */
export async function until(fact: () => boolean | Promise<boolean>, timeoutMs = 45_000, everyMs = 20): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!(await fact())) {
    if (performance.now() > end) throw new Error(`not so within ${timeoutMs} ms: ${fact.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

/** As `until`, for something that is looked for. */
export async function found<T>(look: () => Promise<T | undefined>, timeoutMs = 45_000): Promise<T> {
  let seen: T | undefined
  await until(async () => {
    seen = await look()
    return seen !== undefined
  }, timeoutMs)
  return seen as T
}
