import { join } from 'node:path'
import { specifyAsHelm, type Decision } from '../chart/decisions.ts'
import { chartsWithLinks, recordedCharts } from '../chart/recordings.ts'
import { differencesFrom } from './differencesFrom.ts'
import { saveAndExport } from './saveAndExport.ts'

const decisions: readonly Decision[] = [
  {
    letter: 'M',
    what: 'refused',
    why: 'A name with a slash is refused, because Helm cannot read back what it writes of it',
    only: { 'name-slash': ['invalid-chart'] },
  },
  {
    letter: 'M',
    what: 'refused',
    why: 'A.txt and a.txt are one file on other systems, and a chart with both is refused',
    only: { 'template-names': ['invalid-chart'] },
  },
  {
    letter: 'M',
    what: 'escapes',
    why: 'The config blob has \\u0008 and \\u000c, as the releases of Helm wrote it',
  },
  { letter: 'C', what: 'gzip header', why: 'The gzip header has no comment and no extra field' },
  { letter: 'C', what: 'order', why: 'Entries are sorted by their bytes' },
  {
    letter: 'C',
    what: 'Chart.yaml',
    why: 'Chart.yaml is packed as its author wrote it; it loads as the one that Helm writes',
  },
  {
    letter: 'C',
    what: 'byte order mark',
    why: 'A byte order mark stays in the packed file; loading skips it',
  },
  {
    letter: 'C',
    what: 'also packed',
    why: 'Files that Helm takes into Chart.yaml and drops stay',
    only: {
      'api-version-odd': ['Chart.lock', 'requirements.yaml'],
      'v2-requirements-file': ['requirements.lock', 'requirements.yaml'],
    },
  },
  {
    letter: 'C',
    what: 'not packed',
    why: 'No Chart.lock is made of a requirements.lock',
    only: { 'v2-requirements-file': ['Chart.lock'] },
  },
  {
    letter: 'C',
    what: 'also packed',
    why: 'A subchart keeps its folder, and a subchart archive stays an archive',
    only: {
      'subchart-deep': deepSubchart('charts/outer-dir'),
      'subchart-tgz': ['charts/any-file-name.tgz'],
    },
  },
  {
    letter: 'C',
    what: 'not packed',
    why: 'No folder is made of a subchart archive, and none is named after its chart',
    only: {
      'subchart-deep': deepSubchart('charts/middle'),
      'subchart-tgz': [
        'Chart.yaml',
        'charts/wick/Chart.yaml',
        'requirements.yaml',
        'templates/lamp.yaml',
        'values.yaml',
      ].map((path) => `charts/lantern/${path}`),
    },
  },
  {
    letter: 'C',
    what: 'content',
    why: 'Helm writes a "next line" character so that it reads it back as a space; the packed Chart.yaml keeps it',
    only: { 'html-chars': ['Chart.yaml'] },
  },
  {
    letter: 'D',
    what: 'exported: content',
    why: 'The same on export',
    only: { 'html-chars': ['Chart.yaml'] },
  },
  { letter: 'D', what: 'exported: Chart.yaml', why: 'Chart.yaml is exported as it was packed' },
  { letter: 'D', what: 'exported: byte order mark', why: 'A byte order mark is exported as it was packed' },
  {
    letter: 'D',
    what: 'not exported',
    why: 'No subchart is packed anew for an export',
    only: {
      'charts-skipped-names': ['charts/real-0.1.0.tgz'],
      'subchart-deep': ['charts/middle-0.2.0.tgz'],
      'subchart-tgz': ['charts/lantern-1.2.0.tgz'],
      'subcharts-three': ['charts/alpha-2.0.0.tgz', 'charts/mid-3.0.0.tgz', 'charts/zeta-1.0.0.tgz'],
      'v1-requirements': ['charts/lantern-2.1.7.tgz'],
      'v2-dependencies': ['charts/lantern-2.4.0.tgz'],
    },
  },
  {
    letter: 'D',
    what: 'also exported',
    why: 'Subcharts are exported as they were packed, folders as folders',
    detail: /^charts\//,
  },
  {
    letter: 'D',
    what: 'also exported',
    why: 'The files that Helm keeps to itself are exported, too',
    only: {
      'api-version-odd': ['Chart.lock', 'requirements.yaml'],
      'v2-dependencies': ['Chart.lock'],
      'v2-requirements-file': ['requirements.lock', 'requirements.yaml'],
    },
  },
  {
    letter: 'E',
    what: 'link not told',
    why: 'A link that a rule leaves out is not followed, so nothing is told of it',
    only: { symlinks: ['skipped-link', 'skipped.txt'] },
  },
]

/** Where Helm 3.6.3 does not do what 3.2.4 did, and Chartroom does as 3.6.3, by the version that changed it. */
const newer: readonly Decision[] = [
  {
    letter: '3.3.0',
    what: 'accepted',
    why: 'A schema may begin with a byte order mark',
    only: { 'bom-schema': [''] },
  },
  {
    letter: '3.3.0',
    what: 'not packed',
    why: 'The first rule of a .helmignore counts behind a byte order mark',
    only: { 'ignore-classes': ['a1.log'] },
  },
  {
    letter: '3.3.2',
    what: 'refused',
    why: 'An alias must be plain',
    only: { 'alias-bad': ['invalid-chart'] },
  },
  {
    letter: '3.5.2',
    what: 'refused',
    why: 'A version must be a semantic one',
    only: { 'bad-version': ['invalid-chart'], 'bad-version-word': ['invalid-chart'] },
  },
  {
    letter: '3.5.2',
    what: 'config',
    why: 'Line breaks and control characters in texts become spaces or go',
    detail: /^\{"name":"(?:crlf|long-description)"/,
  },
  {
    letter: '3.5.2',
    what: 'accepted',
    why: 'Control characters in a description go, where they failed the save before',
    only: { 'html-chars': [''] },
  },
  {
    letter: '3.5.2',
    what: 'refused',
    why: 'An empty maintainer or dependency makes Helm crash',
    only: { 'null-dependency': ['invalid-chart'], 'null-maintainer': ['invalid-chart'] },
  },
  {
    letter: '3.3.0',
    what: 'not exported',
    why: 'The first rule of a .helmignore counts behind a byte order mark',
    only: { 'ignore-classes': ['a1.log'] },
  },
]

function deepSubchart(directory: string): string[] {
  return [
    '.helmignore',
    'Chart.yaml',
    'charts/inner/Chart.yaml',
    'charts/inner/docs/guide.md',
    'charts/inner/templates/x.yaml',
    'secret.txt',
    'values.yaml',
  ].map((path) => `${directory}/${path}`)
}

const directory = await chartsWithLinks()
const charts = await Promise.all(
  recordedCharts().map(async ({ name, recorded, older }) => {
    const path = join(directory, name)
    const ours = await saveAndExport(path, `localhost:5000/fixtures/${name}`)
    return {
      name,
      differences: await differencesFrom(name, ours, recorded, path),
      fromOlder: older === undefined ? [] : await differencesFrom(name, ours, older, path),
    }
  }),
)
specifyAsHelm({ what: 'chart directory', doing: 'is saved and exported' }, charts, decisions, newer)
