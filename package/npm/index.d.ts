/** The path of the library. Throws where the package has none for this machine. */
export function getLoadablePath(): string;

/** Loads it into a connection, as better-sqlite3, node:sqlite and Bun have them. */
export function load(db: {loadExtension(path: string): void}): void;
