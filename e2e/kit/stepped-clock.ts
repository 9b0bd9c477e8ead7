import fs from 'node:fs'

/**
 * Loaded into a server before everything else (`node --import`): its machine's wall clock stands off by the milliseconds in the
 * file that CLOCK_STEP_FILE names, as if somebody had set it (row 35). What counts on steadily is left alone.
 */
const file = process.env['CLOCK_STEP_FILE']
if (file !== undefined) {
  const instant = Temporal.Now.instant.bind(Temporal.Now)
  const now = Date.now.bind(Date)
  let offset = 0
  const look = (): void => {
    const said = Number(fs.readFileSync(file, 'utf8'))
    if (Number.isSafeInteger(said)) offset = said
  }
  look()
  setInterval(look, 20).unref()
  Temporal.Now.instant = () => instant().add({ milliseconds: offset })
  Date.now = () => now() + offset
}
