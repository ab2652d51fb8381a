import { dump } from 'js-yaml'

/** A result as a document of YAML, with a line break at its end. */
export function toYaml(value: unknown): string {
  // Through JSON, because YAML has no word for `undefined`.
  const plain: unknown = JSON.parse(JSON.stringify(value))
  return dump(plain, { noRefs: true })
}
