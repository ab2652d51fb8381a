import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Files of a chart by path; what is not given is the smallest that makes a chart. */
export type ChartFiles = Readonly<Record<string, string | Buffer>>

/**
 * Writes a chart directory `PARENT/NAME` and returns its path.
 * @param files added to, or in place of, a Chart.yaml, a values.yaml and one template
 */
export async function writeChart(
  parent: string,
  name = 'mychart',
  version = '0.1.0',
  files: ChartFiles = {},
): Promise<string> {
  const directory = join(parent, name)
  const all: ChartFiles = {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\ndescription: A sample\nappVersion: "1.0"\n`,
    'values.yaml': 'replicas: 1\n',
    'templates/configmap.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n',
    ...files,
  }
  for (const [path, content] of Object.entries(all)) {
    const file = join(directory, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }
  return directory
}
