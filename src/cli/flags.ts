/** A flag as the command line takes it. One name means one thing everywhere. */
export interface Flag {
  readonly name: string
  readonly short?: string
  /** What stands for its value in help texts; a flag without one is a switch. */
  readonly value?: string
  readonly many?: boolean
  readonly summary: string
  /** Where the flag counts, as a sentence without its full stop. Other verbs refuse it: ignored, it would mislead. */
  readonly counts?: string
}

const limitsCount = 'charts are measured where they are read whole'

/** Flags that more than one verb may use, before the verb or after it. */
export const globalFlags: readonly Flag[] = [
  {
    name: 'output',
    short: 'o',
    value: 'FORMAT',
    summary: 'table (what people read, the default), json or yaml',
  },
  { name: 'debug', summary: 'say on stderr what happens, one line a request; secrets are left out' },
  { name: 'no-progress', summary: 'no progress line on a terminal' },
  { name: 'plain-http', summary: 'speak plain HTTP to the registry' },
  { name: 'insecure', summary: "do not check the registry's certificate" },
  {
    name: 'ca-file',
    value: 'FILE',
    summary: 'trust the certificate authorities in this PEM file, besides those known',
  },
  { name: 'cert-file', value: 'FILE', summary: 'client certificate (PEM); needs --key-file' },
  { name: 'key-file', value: 'FILE', summary: 'key of the client certificate (PEM)' },
  {
    name: 'trust-realm',
    value: 'HOST',
    many: true,
    summary: 'send logins to this token server as well; may be repeated',
  },
  {
    name: 'format',
    value: 'FORMAT',
    summary: 'legacy (Helm 3.0-3.6 and later, the default) or modern (Helm 3.7 and later, Flux, Argo CD)',
    counts: 'the format is chosen at save and at copy',
  },
  {
    name: 'no-overwrite',
    summary: 'refuse to push or copy to a tag that holds another chart',
    counts: 'a tag is protected at push and at copy',
  },
  {
    name: 'max-unpacked',
    value: 'SIZE',
    summary: 'most bytes of a chart when unpacked, such as 600MiB (100MiB)',
    counts: limitsCount,
  },
  {
    name: 'max-file',
    value: 'SIZE',
    summary: 'most bytes of one file of a chart (5MiB)',
    counts: limitsCount,
  },
  { name: 'max-entries', value: 'N', summary: 'most files of a chart (10000)', counts: limitsCount },
  {
    name: 'follow-links',
    summary: 'follow symbolic links that lead out of the chart',
    counts: 'links are followed at save',
  },
  { name: 'no-trunc', summary: 'do not shorten columns' },
  { name: 'max-col-width', value: 'N', summary: 'shorten columns to this width (60)' },
  { name: 'version', summary: 'print the version of chartroom' },
  { name: 'help', short: 'h', summary: 'print help' },
]
