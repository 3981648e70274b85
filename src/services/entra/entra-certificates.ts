import { X509Certificate } from 'node:crypto';
import type { InstanceIds, SigningCertificate } from './entra.js';
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
}

const readKeys: Attempt = { to: 'read the signing certificates', needs: NEEDS.readApps };

export function createCertificates({ graph, replication, oneAtATime, now }: Parts): {
  addSigningCertificate(ids: InstanceIds, wish: { name: string; notAfter: Date }): Promise<SigningCertificate>;
  activateSigningCertificate(ids: InstanceIds, thumbprint: string): Promise<void>;
} {
  const principalPath = (ids: InstanceIds): string => graphPath`/servicePrincipals/${ids.servicePrincipalId}`;

  async function read(ids: InstanceIds): Promise<readonly SigningCertificate[]> {
    const query = { $select: KEYS_SELECT };
    const call = { method: 'GET', path: principalPath(ids), query, attempt: readKeys } as const;
    return toCertificates(await graph.ask(call, servicePrincipalWire));
  }

  async function addSigningCertificate(
    ids: InstanceIds,
    { name, notAfter }: { name: string; notAfter: Date },
  ): Promise<SigningCertificate> {
    const subject = `CN=${name}`;
    const findByName = async (): Promise<SigningCertificate | undefined> =>
      (await read(ids)).find((certificate) => certificate.subject === subject && certificate.notAfter > now());
    return oneAtATime(ids.appId, async () => {
      const known = await replication.shown('the new application', async () => ({ found: await findByName() }));
      if (known.found) return known.found;
      const create = async (): Promise<{ thumbprint: string }> => {
        const made = await replication.despiteLag('the new application', () => post(ids, subject, notAfter));
        const until = parseCertificate(made.key ?? '')?.notAfter;
        if (until !== undefined && until <= now()) throw alreadyExpired();
        return made;
      };
      const { made } = await replication.createdOnce({
        intent: `${ids.servicePrincipalId} ${subject}`,
        create,
        find: findByName,
      });
      return replication.shown('the new certificate', async () => findByThumbprint(await read(ids), made.thumbprint));
    });
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

  async function activateSigningCertificate(ids: InstanceIds, thumbprint: string): Promise<void> {
    const wanted = thumbprintOf(thumbprint);
    await oneAtATime(ids.appId, async () => {
      // Graph takes any thumbprint; one that is not there would leave the choice of the key to Entra.
      const certificate = await replication.shown('the certificate', async () =>
        findByThumbprint(await read(ids), wanted),
      );
      if (certificate.isActive) return;
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
