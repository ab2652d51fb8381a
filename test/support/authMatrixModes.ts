/** What is done at each registry, in this order. */
export const verbs = ['login', 'push', 'pull', 'list'] as const

/** What the editor's setting `http.proxySupport` may be. */
export const modes = ['override', 'on', 'fallback', 'off'] as const
