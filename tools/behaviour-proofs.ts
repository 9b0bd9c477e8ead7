import fs from 'node:fs'
import path from 'node:path'
import { type BehaviourId, behaviours } from '../e2e/behaviours/table.ts'
import type { Behaviour } from '../e2e/behaviours/table-row.ts'

const FOLDER = 'e2e/behaviours'

/** The test files of the folder that prove a row, read from their text: `behaviour('<id>', …)`. */
export function provingFiles(): ReadonlyMap<string, readonly string[]> {
  const proofs = new Map<string, string[]>()
  for (const name of fs.readdirSync(FOLDER).filter((file) => file.endsWith('.test.ts'))) {
    const file = path.join(FOLDER, name)
    for (const [, id = ''] of fs.readFileSync(file, 'utf8').matchAll(/^behaviour\('([^']+)', async \(/gm)) {
      proofs.set(id, [...(proofs.get(id) ?? []), file])
    }
  }
  return proofs
}

export interface ProvenRow extends Behaviour {
  readonly id: BehaviourId
  readonly files: readonly string[]
}

export function provenRows(): readonly ProvenRow[] {
  const proofs = provingFiles()
  return Object.entries(behaviours).map(([id, row]: [string, Behaviour]) => ({
    ...row,
    id: id as BehaviourId,
    files: proofs.get(id) ?? [],
  }))
}

/** What a row claims and no test shows. */
export function faultsOf(rows: readonly ProvenRow[], read: (file: string) => string | undefined): readonly string[] {
  return rows.flatMap(({ id, files, shown = [], versions }) => {
    const faults: string[] = []
    if (files.length + shown.length === 0) faults.push(`${id}: no test`)
    if (files.length > 1) faults.push(`${id}: proven in ${files.join(' and ')}`)
    for (const [file, title] of shown) {
      const text = read(file)
      if (text === undefined) faults.push(`${id}: there is no ${file}`)
      else if (!text.includes(title)) faults.push(`${id}: ${file} has no test “${title}”`)
      // Where no test of the table's own runs in each version, the other one must name them or go through all.
      else if (files.length === 0 && !goesThrough(text, versions))
        faults.push(`${id}: ${file} says nothing of ${versions.join(', ')}`)
    }
    return faults
  })
}

function goesThrough(text: string, versions: Behaviour['versions']): boolean {
  return (
    /\.each\((?:ocppVersions|protocols|versions)\b/.test(text) || versions.every((version) => text.includes(version))
  )
}
