import { Misfit, plainJson } from './goDecode.ts'
import { invalidChart } from './invalidChart.ts'
import { parseYaml } from './parseYaml.ts'

/**
 * What a values.yaml says, as plain data.
 *
 * @param chart what the chart is called in errors
 * @throws ChartroomError `invalid-chart`
 */
export function decodeValues(bytes: Uint8Array, chart: string): unknown {
  const place = { chart, path: 'values.yaml' }
  const value = parseYaml(bytes, place, { maxAliases: 1000 })
  try {
    return plainJson(value, 'the file', 100_000)
  } catch (error) {
    if (!(error instanceof Misfit)) throw error
    throw invalidChart(place, error.message)
  }
}
