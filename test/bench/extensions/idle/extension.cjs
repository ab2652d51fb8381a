exports.activate = () => undefined
