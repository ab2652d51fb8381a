/**
 * The only door to the file system for store, credentials, charts and export.
 *
 * Everything that changes the disk goes through `step`, so that a test can count the changes, fail one of them or end
 * the process before it. Nothing here knows what a file means.
 *
 * Promises of `node:fs` are asked for by `fs.`, because Node loads them when it first comes to that; a list of charts never does.
 */
export { readEach, type FileWork } from './files/eachFile.ts'
export {
  factsOf,
  fingerprintOf,
  isSameFile,
  isSettled,
  isWritable,
  linkTargetOf,
  namesIn,
  ownFactsOf,
  realPathOf,
  type FileFacts,
  type FileState,
} from './files/facts.ts'
export { readChunks, readPieces, readSmall, type FileStart, type LimitedFile } from './files/read.ts'
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
  replaceLoosely,
  syncDirectory,
  touch,
  writeNew,
} from './files/write.ts'
