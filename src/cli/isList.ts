const [noun, verb] = process.argv.slice(2)

/** Whether a list of charts is asked for, which takes less time than all other verbs take to load, and does without them. */
export const isList = noun === 'chart' && (verb === 'list' || verb === 'ls')
