import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the portals were built into. */
const PORTAL = fileURLToPath(new URL('../../portals/dist', import.meta.url))

/** Languages, and the portals' scripts where they were built. */
export function foldersOfPortal(languagesFolder: string) {
  const folders = [{ root: languagesFolder, prefix: '/languages/' }]
  const assets = path.join(PORTAL, 'assets')
  if (fs.existsSync(assets)) folders.push({ root: assets, prefix: '/assets/' })
  return folders
}

export function portalPage(): string | undefined {
  const file = path.join(PORTAL, 'index.html')
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined
}
