/**
 * The first import of `main.ts`: says in words that Node is too old, before anything that needs a newer one is loaded.
 * 22.12 is the floor of `require` for ES modules, on which Kysely, pg-boss and node:sqlite rest.
 */
const LOWEST = { major: 22, minor: 12 };

/** Why this Node cannot run Latchkey, in words; `undefined` when it can. @param version as `process.versions.node`. */
export function explainNodeVersion(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > LOWEST.major || (major === LOWEST.major && minor >= LOWEST.minor);
  if (isEnough) return undefined;
  return (
    `Latchkey needs Node ${LOWEST.major}.${LOWEST.minor} or newer; this is Node ${version}.\n` +
    'Start it with "npm start": the install brings the right Node along. ' +
    'If npm was told to omit optional packages, install Node 24 instead.\n'
  );
}

/** Ends the process with exit code 1 when Node is too old. */
export function requireNodeVersion(version: string = process.versions.node): void {
  const explanation = explainNodeVersion(version);
  if (explanation === undefined) return;
  process.stderr.write(explanation);
  process.exit(1);
}
