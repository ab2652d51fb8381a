/**
 * What the parts of a chart are called in a registry.
 *
 * `legacy` is the chart layer of Helm 3.0-3.6, `modern` that of Helm 3.7 and later, `beta` that of the betas before 3.0;
 * the bytes are a `.tgz` under all three.
 * @see https://helm.sh/docs/topics/registries/#helm-chart-manifest
 */
export const chartMediaTypes = {
  config: 'application/vnd.cncf.helm.config.v1+json',
  legacy: 'application/tar+gzip',
  modern: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  beta: 'application/vnd.cncf.helm.chart.content.layer.v1+tar',
  provenance: 'application/vnd.cncf.helm.chart.provenance.v1.prov',
} as const

/** Which of the three layer types holds the chart. */
export type ChartFormat = 'legacy' | 'modern' | 'beta'

/** The format that a layer's media type stands for; `undefined` where it holds no chart. */
export function formatOfLayer(mediaType: string): ChartFormat | undefined {
  return formats.get(mediaType)
}

const formats: ReadonlyMap<string, ChartFormat> = new Map(
  (['legacy', 'modern', 'beta'] as const).map((format) => [chartMediaTypes[format], format]),
)
