/** Where a station stands, nothing said twice: posts are often named after their site. Undefined where neither has a name. */
export function placeName(site: string | undefined, station: string | undefined): string | undefined {
  if (site === undefined || site === '') return station
  if (station === undefined || station === '') return site
  return station.startsWith(site) ? station : `${site}, ${station}`
}
