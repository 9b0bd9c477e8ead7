import path from 'node:path'

/** How all data goes, to be typed as it stands. An outside database goes too: without the secret in the folder nobody reads it any more. */
export function beginAfresh(folders: readonly string[], isOutside: boolean, from = process.cwd()): string {
  const words = folders.map((folder) => quoted(shortest(folder, from))).join(' ')
  return isOutside
    ? `stop (Ctrl-C), make the database of DATABASE_URL anew, empty, then: rm -rf ${words}`
    : `stop (Ctrl-C), then: rm -rf ${words}`
}

/** A folder as it is typed from here. */
function shortest(folder: string, from: string): string {
  const near = path.relative(from, folder)
  return near === '' || near.startsWith('..') ? folder : near
}

/** As the shell takes it for one word. */
function quoted(text: string): string {
  return /^[\w./][\w./-]*$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
