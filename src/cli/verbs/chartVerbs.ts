import { always, connection, limits, type Verb } from './verb.ts'

/** What can be done with charts, in the order in which help lists it. */
export const chartVerbs: readonly Verb[] = [
  {
    path: 'chart save',
    operands: ['PATH', '[REF]'],
    summary: 'save a chart directory or archive to the local cache',
    about:
      'Saves a chart under a reference. A directory is packed, always into the same bytes; a .tgz is stored as it is.\n' +
      "Without a tag the chart's version is the tag. Without REF the chart is saved as NAME:VERSION.",
    flags: [],
    global: [...always, 'format', ...limits, 'follow-links'],
    examples: [
      'chartroom chart save mychart/ localhost:5000/myrepo/mychart:2.7.0',
      'chartroom chart save mychart-0.1.0.tgz localhost:5000/myrepo/mychart',
      'chartroom chart save mychart/ ghcr.io/acme/mychart --format modern',
    ],
  },
  {
    path: 'chart list',
    alias: 'ls',
    operands: [],
    summary: 'list all saved charts',
    about:
      'Lists the charts in the cache, sorted by reference. What cannot be read is a row that says so and a warning on stderr.',
    flags: [],
    global: [...always, 'no-trunc', 'max-col-width'],
    examples: [
      'chartroom chart list',
      'chartroom chart list --no-trunc',
      'chartroom chart list --output json',
    ],
  },
  {
    path: 'chart push',
    operands: ['REF...'],
    summary: 'push a chart to its registry',
    about:
      'Pushes saved charts to the registries that their references name, several at the same time. After one that fails the\n' +
      'others still go; the exit code is that of the first failure.',
    flags: [],
    global: [...always, 'no-overwrite', ...connection],
    examples: [
      'chartroom chart push localhost:5000/myrepo/mychart:2.7.0',
      'chartroom chart push ghcr.io/acme/shop:1.4.2 ghcr.io/acme/mychart:0.1.0 --no-overwrite',
    ],
  },
  {
    path: 'chart pull',
    operands: ['REF...'],
    summary: 'pull a chart from its registry',
    about:
      'Pulls charts into the cache, by tag or by digest, several at the same time. After one that fails the others still\n' +
      'come; the exit code is that of the first failure.',
    flags: [],
    global: [...always, ...limits, ...connection],
    examples: [
      'chartroom chart pull localhost:5000/myrepo/mychart:2.7.0',
      'chartroom chart pull registry.example.com/team/shop:1.4.2 --ca-file team-ca.pem',
    ],
  },
  {
    path: 'chart remove',
    alias: 'rm',
    operands: ['REF...'],
    summary: 'remove a chart from the local cache',
    about: 'Takes references out of the cache. Nothing changes at a registry. Works for broken entries, too.',
    flags: [],
    global: always,
    examples: ['chartroom chart remove localhost:5000/myrepo/mychart:2.7.0'],
  },
  {
    path: 'chart export',
    operands: ['REF'],
    summary: 'export a chart to a directory',
    about: 'Writes a saved chart to DIR/NAME, its files byte for byte as they are in the archive.',
    flags: [
      {
        name: 'destination',
        short: 'd',
        value: 'DIR',
        summary: 'where to write the chart (the current directory)',
      },
      { name: 'archive', summary: 'write NAME-VERSION.tgz in place of a directory' },
      { name: 'force', summary: 'replace what is there' },
    ],
    global: [...always, ...limits],
    examples: [
      'chartroom chart export localhost:5000/myrepo/mychart:2.7.0',
      'chartroom chart export localhost:5000/myrepo/mychart:2.7.0 -d charts --force',
      'chartroom chart export localhost:5000/myrepo/mychart:2.7.0 --archive',
    ],
  },
  {
    path: 'chart show',
    operands: ['PART', 'REF'],
    summary: 'show what is in a chart',
    about:
      'Shows a part of a chart: metadata (its Chart.yaml), values, readme, files (a list), manifest, or all of these.\n' +
      'The chart is looked up in the cache and, where that does not have it, at its registry; it is not saved.\n' +
      'With referrers, lists what is attached to it at its registry: signatures, bills of materials, provenance; unchecked.\n' +
      'Files come as they are, byte for byte; on a terminal without what would control it.',
    flags: [],
    global: [...always, ...limits, ...connection, 'no-trunc', 'max-col-width'],
    examples: [
      'chartroom chart show values localhost:5000/myrepo/mychart:2.7.0',
      'chartroom chart show readme ghcr.io/acme/shop:1.4.2',
      'chartroom chart show referrers ghcr.io/acme/shop:1.4.2',
      'chartroom chart show metadata localhost:5000/myrepo/mychart:2.7.0 --output json',
    ],
  },
  {
    path: 'chart diff',
    operands: ['FROM', 'TO'],
    summary: 'show what differs between two charts',
    about:
      'Compares the files of two charts, each in the cache or else at its registry, as "diff -u" does.\n' +
      'The exit code is 0 where they are the same and 1 where they differ.',
    flags: [],
    global: [...always, ...limits, ...connection],
    examples: [
      'chartroom chart diff localhost:5000/myrepo/mychart:2.7.0 localhost:5000/myrepo/mychart:2.8.0',
      'chartroom chart diff mychart:0.1.0 ghcr.io/acme/mychart:0.1.0 --output json',
    ],
  },
  {
    path: 'chart copy',
    operands: ['FROM', 'TO'],
    summary: 'give a chart another name, or copy it to another registry',
    about:
      'Where FROM is in the cache, TO becomes one more name of it in the cache; push TO to send it.\n' +
      'Any other FROM is copied from its registry to the registry of TO, without passing through the cache.\n' +
      'Without a tag, TO has the tag of FROM. With --format the copy is in that format; the archive stays as it is.',
    flags: [],
    global: [...always, 'format', 'no-overwrite', ...limits, ...connection],
    examples: [
      'chartroom chart copy localhost:5000/myrepo/mychart:2.7.0 localhost:5000/myrepo/mychart:stable',
      'chartroom chart copy ghcr.io/acme/shop:1.4.2 registry.example.com/mirror/shop',
      'chartroom chart copy mychart:0.1.0 mychart:0.1.0 --format modern',
    ],
  },
  {
    path: 'chart verify',
    operands: ['[REF]'],
    summary: 'check the local cache, or one chart',
    about:
      'Without REF, reads the whole cache and says what is wrong with it and what is superfluous; exits 11 when a fault is\n' +
      'found. Nothing is changed, unless --repair says so: it brings back what is missing or damaged from the trash or the\n' +
      'registry, and takes out of the index what cannot be had any more. The old index and the damaged content are kept.\n' +
      'With REF, checks the digests of one chart and what its provenance file is worth; exits 11 when that does not\n' +
      'match, and with --keyring also when there is none.',
    flags: [
      {
        name: 'keyring',
        value: 'FILE',
        summary: 'check the signature with the keys of this file; needs REF and gpg',
      },
      { name: 'repair', summary: 'mend the cache as far as possible' },
      { name: 'restore', summary: 'put back charts that another program dropped from the cache: REF or all' },
      { name: 'forget', summary: 'do not offer these charts any more: REF or all' },
    ],
    global: [...always, ...limits, ...connection],
    examples: [
      'chartroom chart verify',
      'chartroom chart verify --repair',
      'chartroom chart verify --restore',
      'chartroom chart verify ghcr.io/acme/shop:1.4.2 --keyring acme.gpg',
    ],
  },
  {
    path: 'chart prune',
    operands: [],
    summary: 'take what nothing needs out of the local cache',
    about:
      'Moves content that no chart in the cache needs to the trash of the cache, and deletes what has been there for 7 days.\n' +
      'It goes when it was first seen unused a day ago; a dry run counts as seeing. What a removed chart needs stays as long\n' +
      'as its removal can be undone.',
    flags: [
      { name: 'dry-run', summary: 'only say what would go' },
      {
        name: 'older-than',
        value: 'TIME',
        summary: 'how long it must have been seen unused, such as 90m, 24h, 7d or 0 (24h)',
      },
    ],
    global: always,
    examples: [
      'chartroom chart prune --dry-run',
      'chartroom chart prune',
      'chartroom chart prune --older-than 7d',
    ],
  },
]
