declare module 'proxy-from-env' {
  /** The address of the proxy for a URL; empty where it has none. */
  export function getProxyForUrl(url: string | URL): string
}
