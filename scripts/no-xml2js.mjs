// Stands in for xml2js in the bundle: dbus-next reads introspection data with it, and we never ask for any.
export const Builder = Object;
export const Parser = Object;
