/** The scheme of documents that lie in a chart. */
export const chartScheme = 'chartroom-chart'

/** The scheme of the documents that tell all about a chart. */
export const detailsScheme = 'chartroom-details'

/** The scheme of the documents that tell what a look at the cache, or at a connection, found. */
export const reportScheme = 'chartroom-report'
