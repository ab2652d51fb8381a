import type { Dependency, Maintainer, Metadata } from './metadata.ts'
import type { RawMetadata } from './decodeMetadata.ts'
import { problemOfPath } from './problemOfPath.ts'

/** What is wrong with metadata: the sentence goes on after the name of the file. */
export interface MetadataProblem {
  readonly problem: string
  /** The key at the top of Chart.yaml that is to blame, to find its line. */
  readonly key?: string
  readonly advice?: string
}

/**
 * Checks metadata as Helm 3.6.3 does when it loads a chart, and cleans its texts in the same way: every kind of space
 * becomes a plain one, what cannot be printed goes.
 *
 * @see Helm 3.6.3 pkg/chart/metadata.go Validate
 */
export function validateMetadata(raw: RawMetadata): { metadata: Metadata } | MetadataProblem {
  return problemOfMetadata(raw) ?? { metadata: cleaned(raw) }
}

/**
 * The same without the cleaned metadata: `undefined` where nothing is wrong. Beyond Helm, names that cannot be a directory and
 * empty list entries are refused; Helm 3.6.3 writes outside of its target with the former (CVE-2024-25620) and crashes with the
 * latter.
 */
export function problemOfMetadata(raw: RawMetadata): MetadataProblem | undefined {
  const name = clean(raw.name ?? '')
  const { version = '', type = '' } = raw
  const missing = name === '' ? 'name' : version === '' ? 'version' : undefined
  if (missing !== undefined) {
    return { problem: `the ${missing} is missing`, advice: `Add a line such as ${examples[missing]}` }
  }
  const badName = problemOfName(raw.name ?? '', name)
  if (badName !== undefined) return { problem: badName, key: 'name' }
  if (!isSemver(version)) {
    return {
      problem: `version ${JSON.stringify(version)} is not a semantic version (write for example 1.0.0)`,
      key: 'version',
    }
  }
  if (!['', 'application', 'library'].includes(type)) {
    return { problem: `type ${JSON.stringify(type)} is neither application nor library`, key: 'type' }
  }
  return problemOfEntries(raw) ?? problemOfTexts(raw)
}

/**
 * Whether a text is a version for Helm since 3.5.2: up to three numbers, with an optional `v` in front.
 * @see https://github.com/Masterminds/semver/blob/v3.1.1/version.go NewVersion
 */
export function isSemver(version: string): boolean {
  if (ordinaryVersion.test(version)) return true
  const match = semver.exec(version)
  if (match === null) return false
  const [, major = '0', minor = '0', patch = '0', prerelease = ''] = match
  return (
    [major, minor, patch].every(fitsIn64Bits) && prerelease.split('.').every((part) => !/^0\d+$/.test(part))
  )
}

/** @param digits maybe very many: a BigInt of a million takes a third of a second */
function fitsIn64Bits(digits: string): boolean {
  const number = digits.replace(/^0+(?=\d)/, '')
  return number.length < 20 || (number.length === 20 && BigInt(number) < 2n ** 64n)
}

/** As nearly all are, and thousands of them are looked at in a row. */
const ordinaryVersion = /^\d{1,9}\.\d{1,9}\.\d{1,9}$/

const identifiers = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*'
const semver = new RegExp(
  `^v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:-(${identifiers}))?(?:\\+${identifiers})?$`,
)

const examples = { name: 'name: mychart', version: 'version: 1.0.0' }

/** A name becomes a directory and the first part of every path of an archive. */
function problemOfName(raw: string, name: string): string | undefined {
  if (/[\u0000-\u001f\u007f-\u009f]/.test(raw)) return `name ${quoted(name)} holds control characters`
  if (name.trim() === '') return 'the name is empty'
  if (name === '.' || name === '..') return `name ${quoted(name)} stands for a directory`
  if (/[/\\]/.test(name)) return `name ${quoted(name)} must not contain a slash or a backslash`
  // Exported as .git or .vscode, a chart from a stranger would be obeyed by the programs that look there.
  if (name.startsWith('.')) return `name ${quoted(name)} begins with a dot, which makes a hidden folder`
  if (Buffer.byteLength(name) > 250) return `name ${quoted(name)} is longer than 250 bytes`
  const problem = problemOfPath(name)
  return problem === undefined ? undefined : `name ${quoted(name)} ${problem}`
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 100))
}

function problemOfEntries({ maintainers = [], dependencies = [] }: RawMetadata): MetadataProblem | undefined {
  if (maintainers.includes(null)) return { problem: 'maintainers has an empty entry', key: 'maintainers' }
  if (dependencies.includes(null)) return { problem: 'dependencies has an empty entry', key: 'dependencies' }
  const bad = dependencies.find((item) => !/^[a-zA-Z0-9_-]*$/.test(item?.alias ?? ''))
  if (bad === undefined || bad === null) return undefined
  return {
    problem: `the alias ${JSON.stringify(bad.alias)} of dependency ${JSON.stringify(bad.name ?? '')} may hold only letters, digits, "_" and "-"`,
    key: 'dependencies',
  }
}

/** Helm writes the metadata as JSON and reads that as YAML, which knows fewer characters, when it saves a chart. */
function problemOfTexts({
  annotations = {},
  dependencies = [],
  apiVersion,
}: RawMetadata): MetadataProblem | undefined {
  const texts = [annotations, dependencies.map((item) => cleanDependency(item ?? {})), apiVersion]
  if (!unknownToYaml.test(JSON.stringify(texts))) return undefined
  const key = unknownToYaml.test(JSON.stringify(annotations)) ? 'annotations' : 'dependencies'
  return { problem: `${key} holds a control character that YAML does not allow`, key }
}

const unknownToYaml = /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]/

function cleaned(raw: RawMetadata): Metadata {
  const { maintainers, dependencies, sources, keywords, ...rest } = raw
  return present({
    ...rest,
    name: clean(raw.name ?? ''),
    version: raw.version ?? '',
    apiVersion: raw.apiVersion === undefined || raw.apiVersion === '' ? 'v1' : raw.apiVersion,
    description: cleanOptional(raw.description),
    home: cleanOptional(raw.home),
    icon: cleanOptional(raw.icon),
    condition: cleanOptional(raw.condition),
    tags: cleanOptional(raw.tags),
    appVersion: cleanOptional(raw.appVersion),
    kubeVersion: cleanOptional(raw.kubeVersion),
    sources: sources?.map(clean),
    keywords: keywords?.map(clean),
    maintainers: maintainers?.map((item) => cleanMaintainer(item ?? {})),
    dependencies: dependencies?.map((item) => cleanDependency(item ?? {})),
  })
}

function cleanMaintainer({ name, email, url }: Maintainer): Maintainer {
  return present({ name: cleanOptional(name), email: cleanOptional(email), url: cleanOptional(url) })
}

function cleanDependency(item: Dependency): Dependency {
  return present({
    ...item,
    name: cleanOptional(item.name),
    version: cleanOptional(item.version),
    repository: cleanOptional(item.repository),
    condition: cleanOptional(item.condition),
    tags: item.tags?.map(clean),
  })
}

/** Spaces as Go's unicode.IsSpace knows them, printable characters as unicode.IsPrint. */
function clean(text: string): string {
  // Most texts are plain, and looking for all kinds of characters takes long where there are thousands of charts.
  if (plain.test(text)) return text
  return text.replace(/\p{White_Space}/gu, ' ').replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '')
}

const plain = /^[ -~]*$/

function cleanOptional(text: string | undefined): string | undefined {
  return text === undefined ? undefined : clean(text)
}

type Optional<Value> = { readonly [Key in keyof Value]: Value[Key] | undefined }
type Present<Value> = {
  readonly [Key in keyof Value as undefined extends Value[Key] ? never : Key]: Value[Key]
} & {
  readonly [Key in keyof Value as undefined extends Value[Key] ? Key : never]?: Exclude<Value[Key], undefined>
}

/** The same object without the keys that are empty, as Helm leaves them out. */
function present<Value extends object>(value: Optional<Value>): Present<Value> {
  const found: Record<string, unknown> = {}
  for (const key in value) {
    const item = value[key]
    if (item !== undefined && !isEmptyList(item)) found[key] = item
  }
  return found as Present<Value>
}

function isEmptyList(item: unknown): boolean {
  return Array.isArray(item) && item.length === 0
}
