export { rightsRoutes } from './http.ts'
export {
  allRights,
  isRole,
  mayGrant,
  maySeeSite,
  type Right,
  type Role,
  rightsOf,
  rightsTable,
  roleNames,
  roles,
  type SiteScope,
  sitesForQuery,
} from './rights.ts'
