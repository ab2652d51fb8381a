import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeChart } from './sampleChart.ts'

export interface BigChartOptions {
  /** Whether all files are random bytes; by default every other one is text. */
  readonly isNoise?: boolean
}

/**
 * Writes a chart directory `PARENT/NAME` with 20 large files and returns its path.
 * @param size of all files together, in MiB
 */
export async function bigChart(
  parent: string,
  name: string,
  size: number,
  { isNoise = false }: BigChartOptions = {},
): Promise<string> {
  const chart = await writeChart(parent, name, '1.0.0')
  await mkdir(join(chart, 'files'))
  const each = Math.floor((size * 1024 * 1024) / 20)
  const text = valuesText(each)
  for (let file = 0; file < 20; file += 1) {
    const bytes = isNoise || file % 2 === 0 ? randomBytes(each) : text
    await writeFile(join(chart, 'files', `${file}.dat`), bytes)
  }
  return chart
}

/** Lines that resemble each other as those of values files do. */
export function valuesText(size: number): Buffer {
  const lines: string[] = []
  for (let line = 0, length = 0; length < size; line += 1) {
    const text = `  - name: item-${line}\n    value: ${((line * 2_654_435_761) % 2 ** 32).toString(36)}\n`
    lines.push(text)
    length += text.length
  }
  return Buffer.from(lines.join('')).subarray(0, size)
}
