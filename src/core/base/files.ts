/**
 * The only door to the file system for store, credentials, charts and export.
 *
 * Everything that changes the disk goes through `step`, so that a test can count the changes, fail one of them or end
 * the process before it. Nothing here knows what a file means.
 */
export {
  factsOf,
  fingerprintOf,
  isSameFile,
  isSettled,
  isWritable,
  linkTargetOf,
  lookAtEach,
  namesIn,
  ownFactsOf,
  realPathOf,
  type FileFacts,
  type FileState,
} from './files/facts.ts'
export {
  readChunks,
  readEach,
  readPieces,
  readSmall,
  type FileStart,
  type LimitedFile,
} from './files/read.ts'
export { waitForSmallFiles } from './files/smallFiles.ts'
export { observeSteps, type FileStep } from './files/steps.ts'
export { codeOf } from './files/systemCode.ts'
export { watchDirectory } from './files/watch.ts'
export {
  appendTo,
  linkNew,
  makeDirectory,
  makeMissingDirectory,
  makeNewDirectory,
  moveOver,
  removeEmptyDirectory,
  removeFile,
  removeTree,
  replaceFile,
  syncDirectory,
  touch,
  writeNew,
} from './files/write.ts'
