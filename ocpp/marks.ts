import type { Mark } from './intake.ts'

/** So much is told of one frame; what one that is made to hurt could show besides is more than memory holds. */
export const MOST_MARKS = 100
const MOST_POINTER = 200

/** Adds a mark, as long as there is room; a place under long names is told by its beginning. */
export function noteMark(marks: Mark[], { pointer, what }: Mark): void {
  if (marks.length < MOST_MARKS) marks.push({ pointer: pointer.slice(0, MOST_POINTER), what })
}
