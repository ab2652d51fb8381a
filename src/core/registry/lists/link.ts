/**
 * The target of the first link with `rel="next"` in the values of `Link`; `undefined` where there is none.
 * @see https://www.rfc-editor.org/rfc/rfc8288#section-3
 */
export function nextLink(values: readonly string[]): string | undefined {
  for (const [, target = '', parameters = ''] of values.join(', ').matchAll(link)) {
    const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters)
    const names = (relation?.[1] ?? relation?.[2] ?? '').toLowerCase().split(/\s+/)
    if (names.includes('next')) return target.trim() === '' ? undefined : target.trim()
  }
  return undefined
}

const link = /<([^<>]*)>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]+))?)*)/g
