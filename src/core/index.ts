/** The only door to the core: the operations and the types they speak. */
export { ChartCache, type CachedChart, type RemovedChart, type SoundChart } from './cache.ts'
export { defaultLimits, type ChartOptions, type Limits } from './chart/limits.ts'
export type { ChartFormat } from './chart/mediaTypes.ts'
export type { Metadata } from './chart/metadata.ts'
export type { Credential } from './credential.ts'
export { Credentials } from './credentials/credentials.ts'
export type { CredentialStore } from './credentials/store.ts'
export {
  ChartroomError,
  exitCodes,
  kindOf,
  messageOf,
  printable,
  type ErrorEvidence,
  type ErrorKind,
} from './errors.ts'
export { helmChartCache, surroundings, type Surroundings } from './helmHome.ts'
export { formatAge, formatSize, formatSizeOf } from './humanize.ts'
export type { Logger } from './logger.ts'
export { hexOf, isDigest, shortDigest, type Digest } from './oci/digest.ts'
export {
  formatReference,
  parseHost,
  parseReference,
  repositoryName,
  tagOrDigest,
  type Reference,
} from './oci/reference.ts'
export { describeChart } from './operations/describeChart.ts'
export { exportChart, type ExportedChart, type ExportOptions } from './operations/exportChart.ts'
export { whileDoing } from './operations/failure.ts'
export { listCharts } from './operations/listCharts.ts'
export { login, type LoggedIn } from './operations/login.ts'
export { logout, type LoggedOut } from './operations/logout.ts'
export { openChart, type OpenedChart } from './operations/openChart.ts'
export { pullChart, type PulledChart } from './operations/pullChart.ts'
export { pushChart, type PushedChart, type PushOptions } from './operations/pushChart.ts'
export { removeChart, restoreChart } from './operations/removeChart.ts'
export { saveChart, type SavedChart, type SaveOptions } from './operations/saveChart.ts'
export type { OperationOptions, Progress } from './progress.ts'
export type { HostOptions } from './registry/hostOptions.ts'
export { Registries } from './registry/registries.ts'
