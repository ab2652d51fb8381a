import { always, connection, type Verb } from './verb.ts'

/** What can be done at registries, in the order in which help lists it. */
export const registryVerbs: readonly Verb[] = [
  {
    path: 'registry login',
    operands: ['HOST'],
    summary: 'log in to a registry',
    about:
      'Checks a login at the registry and, only when the registry takes it, keeps it in the first file of Helm for logins that\n' +
      "exists; where there is none, in registry/config.json of Helm's cache, which Helm 3.0 to 3.2 reads.\n" +
      'Asks for what is missing; the password is not shown.\n' +
      "The user '<token>' says that the password is an identity token (a refresh token of OAuth2).",
    flags: [
      { name: 'username', short: 'u', value: 'USER', summary: 'user name' },
      {
        name: 'password',
        short: 'p',
        value: 'PASS',
        summary: 'password or identity token; other users of this machine can see it',
      },
      { name: 'password-stdin', summary: 'read the password from standard input; needs --username' },
    ],
    global: [...always, ...connection],
    examples: [
      'chartroom registry login -u myuser localhost:5000',
      'chartroom registry login -u myuser --password-stdin ghcr.io < token.txt',
    ],
  },
  {
    path: 'registry logout',
    operands: ['HOST'],
    summary: 'log out from a registry',
    about: 'Forgets the login of a registry, and names any other place that still answers for it.',
    flags: [],
    global: always,
    examples: ['chartroom registry logout localhost:5000'],
  },
  {
    path: 'registry list',
    operands: ['HOST[/PREFIX]'],
    summary: 'list the repositories of a registry, or the charts of a repository',
    about:
      'Of a repository it lists every version, the newest first; what is no\n' +
      'chart says what it is, and what cannot be read is a row that says why. Everything else lists repositories.\n' +
      'Where a registry has no list, or none for who is not logged in, what is set for it in registries.json and what the\n' +
      'cache has of it is listed, with a warning.',
    flags: [],
    global: [...always, ...connection, 'no-trunc', 'max-col-width'],
    examples: [
      'chartroom registry list localhost:5000',
      'chartroom registry list localhost:5000/myrepo/mychart',
      'chartroom registry list ghcr.io/acme --output json',
    ],
  },
  {
    path: 'registry delete',
    operands: ['REF'],
    summary: 'delete a chart from its registry',
    about:
      'Deletes a chart from its registry, with every tag that points to it, after it has named these and asked. Without a\n' +
      'terminal it needs --yes. The cache stays as it is.\n' +
      'With --tag-only it takes away the tag of REF alone, which not every registry can do.',
    flags: [
      { name: 'yes', short: 'y', summary: 'do not ask' },
      { name: 'tag-only', summary: 'leave the chart with its other tags' },
    ],
    global: [...always, ...connection],
    examples: [
      'chartroom registry delete localhost:5000/myrepo/mychart:2.7.0',
      'chartroom registry delete localhost:5000/myrepo/mychart:nightly --tag-only --yes',
    ],
  },
  {
    path: 'registry diagnose',
    operands: ['HOST'],
    summary: 'find out what is wrong with the connection to a registry',
    about:
      'Looks at the settings, name, connection, certificates, answers, login, token and catalogue of a registry, one step\n' +
      'after the other, and says what is wrong and what to do. The report holds no password and no token, so it can be\n' +
      'shown to others. Exits with the code of the first failure.',
    flags: [],
    global: [...always, ...connection],
    examples: [
      'chartroom registry diagnose registry.example.com',
      'chartroom registry diagnose localhost:5000 --output json',
      'chartroom registry diagnose registry.example.com --ca-file team-ca.pem',
    ],
  },
  {
    path: 'registry serve',
    operands: [],
    summary: 'run a registry for development and tests',
    about:
      'Runs a registry on this machine until it is stopped with Ctrl-C. Other machines cannot reach it.\n' +
      'Everybody on this machine may read and write, unless --htpasswd names a file with users and bcrypt hashes, as\n' +
      '"htpasswd -cB FILE USER" makes it. A change of that file counts at once.\n' +
      'With --state the registry says in a file where it listens and which process it is. Removing the file stops it.',
    flags: [
      { name: 'port', value: 'PORT', summary: 'port to listen on; 0 takes a free one (5000)' },
      {
        name: 'storage',
        value: 'DIR',
        summary: 'where to keep what is pushed (chartroom/registry among your data)',
      },
      { name: 'htpasswd', value: 'FILE', summary: 'let in only the users of this file' },
      {
        name: 'state',
        value: 'FILE',
        summary: 'write where the registry runs to this file while it runs (JSON)',
      },
    ],
    global: always,
    examples: [
      'chartroom registry serve',
      'chartroom registry serve --port 5001 --storage ./registry',
      'chartroom registry serve --htpasswd auth.htpasswd',
    ],
  },
]
