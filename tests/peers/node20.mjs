// What Fedify looks for and Node.js 20 does not have yet. Imported before it.
globalThis.navigator ??= { userAgent: `Node.js/${process.versions.node}` };
