/** The only door to the core: the operations and the types they speak. */
export {
  ChartCache,
  type CachedChart,
  type Offer,
  type RemovedChart,
  type SoundChart,
} from './cache/cache.ts'
export { defaultLimits, type ChartOptions, type Limits } from './chart/limits.ts'
export type { ChartFormat } from './chart/mediaTypes.ts'
export type { Metadata } from './chart/metadata.ts'
export type { Credential } from './base/credential.ts'
export { Credentials, type KnownHost } from './credentials/credentials.ts'
export type { CredentialAccount, CredentialStore, ListedLogin } from './credentials/store.ts'
export {
  ChartroomError,
  exitCodes,
  kindOf,
  messageOf,
  printable,
  type ErrorEvidence,
  type ErrorKind,
} from './base/errors.ts'
export { waitForSmallFiles } from './base/files.ts'
export { findProgram, type ProgramSearch } from './base/findProgram.ts'
export { helmChartCache, surroundings, type Surroundings } from './base/helmHome.ts'
export { writeHtpasswd } from './htpasswd.ts'
export {
  ageOf,
  formatAge,
  formatCount,
  formatProgress,
  formatSize,
  partOfSize,
  type Age,
} from './base/humanize.ts'
export type { Logger } from './base/logger.ts'
export { compareNaturally } from './base/natural.ts'
export { hexOf, isDigest, shortDigest, type Digest } from './oci/digest.ts'
export {
  formatReference,
  isRepository,
  isTag,
  parseHost,
  parseReference,
  repositoryName,
  tagOrDigest,
  type Reference,
} from './oci/reference.ts'
export { newestFirst } from './oci/tags.ts'
export type { ChartOutcome } from './operations/atRegistries.ts'
export { compareExport, type ExportComparison } from './operations/compareExport.ts'
export { copyChart, type CopiedChart, type CopyOptions } from './operations/copyChart.ts'
export {
  deleteFromRegistry,
  planDeletion,
  type DeletedFromRegistry,
  type DeleteOptions,
  type PlannedDeletion,
} from './operations/deleteFromRegistry.ts'
export { describeChart } from './operations/describeChart.ts'
export { diagnoseRegistry } from './operations/diagnoseRegistry.ts'
export { diffCharts, diffFiles, type ChartDiff, type FileDiff } from './operations/diffCharts.ts'
export { exportChart, type ExportedChart, type ExportOptions } from './operations/exportChart.ts'
export { whileDoing } from './operations/failure.ts'
export { placeOf, type ChartPlaces } from './operations/findChart.ts'
export { forgetOffers } from './operations/forgetOffers.ts'
export {
  inspectTag,
  type InspectedChart,
  type InspectedOther,
  type InspectedTag,
  type InspectOptions,
} from './operations/inspectTag.ts'
export { listCharts } from './operations/listCharts.ts'
export { listReferences } from './operations/listReferences.ts'
export { listReferrers, type Attachment } from './operations/listReferrers.ts'
export { listRegistry, type RegistryContent } from './operations/listRegistry.ts'
export { listRepositories } from './operations/listRepositories.ts'
export { listTags } from './operations/listTags.ts'
export { listVersions, type ListedVersion, type UnreadableVersion } from './operations/listVersions.ts'
export { checkLogin, login, type LoggedIn } from './operations/login.ts'
export { logout, type LoggedOut } from './operations/logout.ts'
export { lookAtCache } from './operations/lookAtCache.ts'
export { lookUpTag, type TagLookUp } from './operations/lookUpTag.ts'
export { missingDependencies } from './operations/missingDependencies.ts'
export { openArchive } from './operations/openArchive.ts'
export { openChart } from './operations/openChart.ts'
export type { LocatedChart, OpenedChart } from './operations/openedChart.ts'
export { openRemoteChart } from './operations/openRemoteChart.ts'
export { pruneCache, type PrunedCache } from './operations/pruneCache.ts'
export { pullChart, type PulledChart } from './operations/pullChart.ts'
export { pullCharts } from './operations/pullCharts.ts'
export { pushChart, type PushedChart, type PushOptions } from './operations/pushChart.ts'
export { pushCharts } from './operations/pushCharts.ts'
export { removeChart, restoreChart } from './operations/removeChart.ts'
export { repairCache, type RepairedCache } from './operations/repairCache.ts'
export { restoreOffers } from './operations/restoreOffers.ts'
export { saveChart } from './operations/saveChart.ts'
export { saveCharts, type ChartToSave, type SavedChart, type SaveOutcome } from './operations/saveCharts.ts'
export { showChart, showManifest, showValues } from './operations/showChart.ts'
export { verifyCache, type CacheHealth, type Finding } from './operations/verifyCache.ts'
export { verifyChart, type ChartVerdict, type VerifyOptions } from './operations/verifyChart.ts'
export { hasEnded, type Owner } from './base/owner.ts'
export type { OperationOptions, Progress } from './base/progress.ts'
export type { Diagnosis, DiagnosisStep } from './registry/diagnosis/diagnosis.ts'
export { diagnosisReport, factLines, stepTitles } from './registry/diagnosis/report.ts'
export { hostFile, pathFromHome, readHostFile } from './registry/hosts/hostFile.ts'
export type { HostOptions } from './registry/hosts/hostOptions.ts'
export {
  hostNamed,
  layHostSettings,
  readHostSettings,
  type HostSettings,
} from './registry/hosts/hostSettings.ts'
export type { Pages } from './registry/lists/pages.ts'
export { directAgents } from './registry/transport/directAgents.ts'
export { environmentProxies } from './registry/transport/proxies.ts'
export { Registries } from './registry/registries.ts'
export { certificatePlaces, dockerPlace, readAuthorities } from './registry/transport/tlsSettings.ts'
