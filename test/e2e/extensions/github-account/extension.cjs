const { authentication, commands, EventEmitter } = require('vscode')

/** One account, octocat, whose token the test knows. Sessions last as long as the window. */
exports.activate = ({ subscriptions }) => {
  const changed = new EventEmitter()
  let sessions = []
  const provider = {
    onDidChangeSessions: changed.event,
    getSessions: async (scopes) =>
      sessions.filter((session) => (scopes ?? []).every((scope) => session.scopes.includes(scope))),
    createSession: async (scopes) => {
      const account = { id: '583231', label: 'octocat' }
      const session = {
        id: scopes.join(),
        accessToken: process.env['GITHUB_TOKEN_OF_TESTS'],
        account,
        scopes,
      }
      sessions = [...sessions, session]
      changed.fire({ added: [session], removed: [], changed: [] })
      return session
    },
    removeSession: async () => {
      const removed = sessions
      sessions = []
      changed.fire({ added: [], removed, changed: [] })
    },
  }
  subscriptions.push(
    authentication.registerAuthenticationProvider('github', 'GitHub', provider),
    commands.registerCommand('githubAccount.signOut', () => provider.removeSession()),
  )
}
