import type { ReactNode } from 'react'

export interface Column<Row> {
  readonly key: string
  readonly head: string
  readonly cell: (row: Row) => ReactNode
  readonly number?: boolean
  /** Left out between a phone's width and a desk's. */
  readonly wideOnly?: boolean
}

/** Rows that become blocks on a narrow screen, so that nothing scrolls sideways. A link in the row with `row-link` covers it. */
export function DataTable<Row>(props: {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly isCurrent?: (row: Row) => boolean
}) {
  const { columns, rows } = props
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
      <tbody>
        {rows.map((row) => (
          <tr key={props.rowKey(row)} className={props.isCurrent?.(row) === true ? 'cur' : undefined}>
            {columns.map((column) => (
              <td key={column.key} className={cellClass(column)} data-head={column.head}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function cellClass<Row>(column: Column<Row>): string | undefined {
  const classes = [column.number === true ? 'num' : '', column.wideOnly === true ? 'wide-only' : ''].filter(Boolean)
  return classes.length === 0 ? undefined : classes.join(' ')
}
