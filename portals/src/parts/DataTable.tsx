import { memo, type ReactNode } from 'react'
import { useStill } from './use-still.ts'

export interface Column<Row> {
  readonly key: string
  readonly head: string
  readonly cell: (row: Row) => ReactNode
  readonly number?: boolean
  /** Holds names as people give them: a long word breaks before the columns beside it are cut off. */
  readonly names?: true
  /** Left out between a phone's width and a desk's. */
  readonly wideOnly?: boolean
}

/** Rows that become blocks on a narrow screen, so that nothing scrolls sideways, and lie still under a pointer. A link in the row with `row-link` covers it. */
export function DataTable<Row>(props: {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly isCurrent?: (row: Row) => boolean
}) {
  const { columns, rows, rowKey } = props
  const { shown, hold, pressed, release } = useStill(rows, rowKey)
  return (
    <table className="tbl stack" aria-label={props.label}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.key} scope="col" className={cellClass(column)}>
              {column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody onPointerMove={hold} onPointerLeave={release} onPointerUp={pressed}>
        {shown.map((row) => (
          <DataRow key={rowKey(row)} row={row} columns={columns} isCurrent={props.isCurrent?.(row) === true} />
        ))}
      </tbody>
    </table>
  )
}

interface RowProps<Row> {
  readonly row: Row
  readonly columns: readonly Column<Row>[]
  readonly isCurrent: boolean
}

/** Where the columns stay the same, only rows that say something new are drawn anew: of a long list one or two. */
const DataRow = memo(function DataRow<Row>(props: RowProps<Row>) {
  return (
    <tr className={props.isCurrent ? 'cur' : undefined}>
      {props.columns.map((column) => (
        <td key={column.key} className={cellClass(column)} data-head={column.head}>
          {column.cell(props.row)}
        </td>
      ))}
    </tr>
  )
}) as <Row>(props: RowProps<Row>) => ReactNode

function cellClass<Row>(column: Column<Row>): string | undefined {
  const classes = [
    column.number === true ? 'num' : '',
    column.names === true ? 'names' : '',
    column.wideOnly === true ? 'wide-only' : '',
  ].filter(Boolean)
  return classes.length === 0 ? undefined : classes.join(' ')
}
