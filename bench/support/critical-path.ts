/** A request as the sandbox has noted it. */
export interface TracedCall {
  /** When it arrived, ISO 8601. */
  readonly time: string;
  readonly method: string;
  readonly path: string;
}

/**
 * A call that a set-up cannot do without, and what must have been answered before it can be sent: because it needs a value
 * of that answer, because Entra refuses two writers on one object (graph.md §0.1), because the SAML mode decides on the
 * Identifier (§2.4), because Genesys must trust a certificate before Entra signs with it, or because a whole object is
 * replaced without a version (genesys.md §3.1), so that it has to be read right before.
 */
export interface NecessaryCall {
  readonly name: string;
  readonly is: RegExp;
  readonly after: readonly string[];
  /** It shows what that write has changed, so it is worth something only once the lag has passed. */
  readonly shows?: string;
}

export const NECESSARY_CALLS: readonly NecessaryCall[] = [
  { name: 'who asks', is: /^GET .*\/roleAssignments$/, after: [] },
  { name: 'template', is: /^GET .*\/applicationTemplates$/, after: [] },
  { name: 'instances', is: /^GET .*\/servicePrincipals$/, after: ['template'] },
  { name: 'instantiate', is: /^POST .*\/instantiate$/, after: ['who asks', 'instances'] },
  { name: 'choose SAML', is: /^PATCH .*\/servicePrincipals\/[^/]+$/, after: ['instantiate'] },
  { name: 'addresses', is: /^PATCH .*\/applications\/[^/]+$/, after: ['choose SAML'] },
  { name: 'claims', is: /^PUT .*\/claimsPolicy$/, after: ['choose SAML'] },
  { name: 'certificate', is: /^POST .*\/addTokenSigningCertificate$/, after: ['claims'] },
  { name: 'certificate is listed', is: /^GET .*\/servicePrincipals\/[^/]+$/, after: [], shows: 'certificate' },
  { name: 'metadata', is: /^GET .*\/federationmetadata\.xml$/, after: ['instantiate'], shows: 'instantiate' },
  { name: 'provider', is: /^GET .*\/identityproviders\/adfs$/, after: ['certificate is listed'] },
  { name: 'trust', is: /^PUT .*\/identityproviders\/adfs$/, after: ['provider', 'metadata'] },
  { name: 'trust is stored', is: /^GET .*\/identityproviders\/adfs$/, after: ['trust'] },
  { name: 'activate', is: /^PATCH .*\/servicePrincipals\/[^/]+$/, after: ['trust is stored', 'addresses'] },
  { name: 'activation is shown', is: /^GET .*\/servicePrincipals\/[^/]+$/, after: [], shows: 'activate' },
];

/**
 * Milliseconds of the longest chain of calls that cannot overlap, and the chain. Each call takes the latency that was
 * injected and nothing else: neither the sandbox's own work nor ours. A write is carried out when it arrives (the fault
 * answers late), so what it changed shows `lagMs` after that. Throws where the trace lacks one of the calls: then the
 * table does not describe this run.
 */
export function criticalPath(
  trace: readonly TracedCall[],
  { latencyMs, lagMs }: { latencyMs: number; lagMs: number },
): { ms: number; chain: readonly string[] } {
  const ended = new Map<string, { at: number; chain: readonly string[] }>();
  for (const { name, is, after, shows } of NECESSARY_CALLS) {
    if (!trace.some(({ method, path }) => is.test(`${method} ${path.split('?')[0] ?? ''}`))) {
      throw new Error(`The trace of the set-up has no call "${name}".`);
    }
    const begins = after.map((before) => endOf(ended, before));
    if (shows !== undefined) {
      const write = endOf(ended, shows);
      begins.push({ at: write.at - latencyMs + lagMs, chain: [...write.chain, `${lagMs} ms until it shows`] });
    }
    const last = begins.reduce((one, other) => (other.at > one.at ? other : one), {
      at: 0,
      chain: [] as readonly string[],
    });
    ended.set(name, { at: last.at + latencyMs, chain: [...last.chain, name] });
  }
  const { at, chain } = [...ended.values()].reduce((one, other) => (other.at > one.at ? other : one));
  return { ms: at, chain };
}

function endOf<T>(ended: ReadonlyMap<string, T>, name: string): T {
  const end = ended.get(name);
  if (!end) throw new RangeError(`"${name}" stands after what needs it.`);
  return end;
}
