import { X509Certificate } from 'node:crypto';
import type { RemoteLog } from '../platform/http.js';
import type { InstanceIds, Intent, SigningCertificate } from './entra.js';
import { alreadyExpired, type Attempt } from './entra-problems.js';
import {
  KEYS_SELECT,
  newCertificateWire,
  servicePrincipalWire,
  type NewCertificateWire,
  type ServicePrincipalWire,
} from './entra-wire.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { graphPath } from './graph-query.js';
import type { OneAtATime, Replication } from './replication.js';

interface Parts {
  readonly graph: Graph;
  readonly replication: Replication;
  readonly oneAtATime: OneAtATime;
  /** Business time, by which certificates run out. */
  readonly now: () => Date;
  readonly log?: RemoteLog | undefined;
}

interface CertificateWish extends Partial<Pick<Intent, 'since' | 'isRepeated' | 'claim'>> {
  readonly name: string;
  readonly notAfter: Date;
  readonly isFirst?: boolean;
}

const readKeys: Attempt = { to: 'read the signing certificates', needs: NEEDS.readApps };

export function createCertificates({ graph, replication, oneAtATime, now, log }: Parts): {
  addSigningCertificate(ids: InstanceIds, wish: CertificateWish): Promise<SigningCertificate>;
  activateSigningCertificate(ids: InstanceIds, thumbprint: string, seen?: { isListed: boolean }): Promise<void>;
} {
  const principalPath = (ids: InstanceIds): string => graphPath`/servicePrincipals/${ids.servicePrincipalId}`;

  async function read(ids: InstanceIds): Promise<readonly SigningCertificate[]> {
    const query = { $select: KEYS_SELECT };
    const call = { method: 'GET', path: principalPath(ids), query, attempt: readKeys } as const;
    return toCertificates(await graph.ask(call, servicePrincipalWire));
  }

  async function addSigningCertificate(ids: InstanceIds, wish: CertificateWish): Promise<SigningCertificate> {
    const { since, isRepeated = false, claim } = wish;
    const subject = `CN=${wish.name}`;
    const findAll = async (): Promise<SigningCertificate[]> =>
      (await read(ids)).filter((certificate) => certificate.subject === subject && certificate.notAfter > now());
    return oneAtATime(ids.appId, async () => {
      if (!wish.isFirst) {
        const all = await replication.shown('the new application', findAll);
        const [known] = all;
        if (known) tellTwins(known.thumbprint, all);
        if (known) return known;
      }
      const { made, mayHaveTwin } = await replication.createdOnce<{ thumbprint: string }>({
        intent: `${ids.servicePrincipalId} ${subject}`,
        create: () => create(ids, { subject, notAfter: wish.notAfter }),
        find: async () => (await findAll())[0],
        begunMsAgo: isRepeated && since ? now().getTime() - since.getTime() : undefined,
        claim,
      });
      const { all, listed } = await replication.shown('the new certificate', async () => {
        const found = await findAll();
        const one = findByThumbprint(found, made.thumbprint);
        return one && { all: found, listed: one };
      });
      if (mayHaveTwin) tellTwins(made.thumbprint, all);
      return listed;
    });
  }

  async function create(
    ids: InstanceIds,
    { subject, notAfter }: { subject: string; notAfter: Date },
  ): Promise<{ thumbprint: string }> {
    const made = await replication.despiteLag('the new application', () => post(ids, subject, notAfter));
    const until = parseCertificate(made.key ?? '')?.notAfter;
    if (until !== undefined && until <= now()) throw alreadyExpired();
    return made;
  }

  /** A certificate is inactive until it is chosen, so a twin signs nothing; it stays, as keys are never deleted. */
  function tellTwins(kept: string, all: readonly SigningCertificate[]): void {
    for (const { thumbprint } of all) {
      if (thumbprint === thumbprintOf(kept)) continue;
      log?.warn({ thumbprint, kept: thumbprintOf(kept) }, 'A twin of the certificate stays, inactive.');
    }
  }

  function post(ids: InstanceIds, displayName: string, notAfter: Date): Promise<NewCertificateWire> {
    const call = {
      method: 'POST',
      path: `${principalPath(ids)}/addTokenSigningCertificate`,
      body: { displayName, endDateTime: notAfter.toISOString() },
      attempt: { to: 'create a signing certificate', needs: NEEDS.writeApps },
    } as const;
    return graph.ask(call, newCertificateWire);
  }

  async function activateSigningCertificate(
    ids: InstanceIds,
    thumbprint: string,
    { isListed } = { isListed: false },
  ): Promise<void> {
    const wanted = thumbprintOf(thumbprint);
    await oneAtATime(ids.appId, async () => {
      // Graph takes any thumbprint; one that is not there would leave the choice of the key to Entra.
      const listed = async (): Promise<SigningCertificate> =>
        replication.shown('the certificate', async () => findByThumbprint(await read(ids), wanted));
      if (!isListed && (await listed()).isActive) return;
      const call = {
        method: 'PATCH',
        path: principalPath(ids),
        body: { preferredTokenSigningKeyThumbprint: wanted },
        attempt: { to: 'activate the signing certificate', needs: NEEDS.writeApps },
      } as const;
      await replication.despiteLag('the new application', () => graph.send(call));
      await replication.shown(
        'the activation of the certificate',
        async () => findByThumbprint(await read(ids), wanted)?.isActive || undefined,
      );
    });
  }

  return { addSigningCertificate, activateSigningCertificate };
}

function findByThumbprint(all: readonly SigningCertificate[], thumbprint: string): SigningCertificate | undefined {
  return all.find((certificate) => certificate.thumbprint === thumbprintOf(thumbprint));
}

/** A thumbprint as it is shown: upper case hex without separators; Graph answers lower case. */
export function thumbprintOf(text: string): string {
  return text.replace(/[^0-9a-f]/gi, '').toUpperCase();
}

/** The signing certificates of a service principal: each has a `Verify` entry that carries the certificate itself. */
export function toCertificates(principal: ServicePrincipalWire): SigningCertificate[] {
  const active = principal.preferredTokenSigningKeyThumbprint;
  const all = principal.keyCredentials
    .filter((credential) => credential.usage === 'Verify' && credential.key)
    .map((credential) => parseCertificate(credential.key ?? ''))
    .filter((certificate) => certificate !== undefined)
    .map((certificate) => ({
      ...certificate,
      isActive: active ? certificate.thumbprint === thumbprintOf(active) : false,
    }));
  return [...new Map(all.map((certificate) => [certificate.thumbprint, certificate])).values()];
}

/** A base64 DER certificate; `undefined` when it is none. The thumbprint is computed, as Graph does not give it. */
export function parseCertificate(base64: string): Omit<SigningCertificate, 'isActive'> | undefined {
  try {
    const certificate = new X509Certificate(Buffer.from(base64, 'base64'));
    return {
      thumbprint: thumbprintOf(certificate.fingerprint),
      certificate: certificate.raw.toString('base64'),
      subject: certificate.subject.replaceAll('\n', ', '),
      notBefore: new Date(certificate.validFrom),
      notAfter: new Date(certificate.validTo),
    };
  } catch {
    return undefined;
  }
}
