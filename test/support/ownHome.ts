import { join } from 'node:path'

/**
 * Environment of a VS Code whose extensions see neither the charts nor the logins of whoever runs the tests.
 *
 * @param home an empty directory
 */
export function ownHome(home: string): NodeJS.ProcessEnv {
  return {
    HOME: home,
    HELM_CACHE_HOME: join(home, 'helm', 'cache'),
    HELM_CONFIG_HOME: join(home, 'helm', 'config'),
    HELM_REGISTRY_CONFIG: undefined,
    DOCKER_CONFIG: join(home, 'docker'),
    DOCKER_AUTH_CONFIG: undefined,
    REGISTRY_AUTH_FILE: undefined,
    XDG_CACHE_HOME: undefined,
    XDG_CONFIG_HOME: undefined,
    XDG_DATA_HOME: undefined,
    XDG_RUNTIME_DIR: undefined,
  }
}
