import type { Entra, Instance } from '../entra/entra.js';
import type { OwnStanding, Registration } from '../entra/entra-registration.js';
import type { ProblemFacts } from '../platform/problem.js';
import { GALLERY_NAME } from '../sso/read-both-sides.js';
import { fine, lookAt, notLooked, type Finding, type Look } from './finding.js';
import { judgeGraphPermissions, judgeNewPassword, type Grantee } from './graph-permissions.js';
import { judgeLinkClient, judgeLinkSignIn, type LinkClient } from './link-client.js';
import { judgeCredential, type CredentialOwner } from './own-credentials.js';
import { judgeOwnership } from './ownership.js';
import { judgeSignIn } from './sign-in.js';
import { judgeStepUpClaim, judgeStepUpClient, type StepUpNeeds } from './step-up.js';

/** What is asked of Entra: only to read. */
export type EntraReads = Pick<
  Entra,
  | 'getOwnStanding'
  | 'findOwnRoles'
  | 'findRegistration'
  | 'getGalleryTemplate'
  | 'findInstances'
  | 'getInstance'
  | 'hasPremium'
>;

export interface EntraArea {
  readonly entra: EntraReads;
  /** Absent: the managed identity that the system assigned. */
  readonly clientId?: string | undefined;
  readonly credential: CredentialOwner;
  /** The bot in Teams, whose registration lies in the same tenant. */
  readonly bot?: { readonly appId: string; readonly credential: CredentialOwner } | undefined;
  /** Whether the access policy gives membership of any group. */
  readonly givesGroups?: boolean | undefined;
  /** Approvals that need a sign-in. */
  readonly stepUp?: StepUpNeeds | undefined;
  /** Absent: nobody has to sign in, or there is none. */
  readonly link?: LinkClient | undefined;
}

/** Signs in to Entra and looks at what the bot is and may do there. @param now business time. */
export async function checkEntra(area: EntraArea, now: Date): Promise<Finding[]> {
  const { entra } = area;
  const standing = await lookAt(() => entra.getOwnStanding());
  if (!standing.ok) return judgeSignIn('entra', standing.problem);
  const [registration, roles, instances, premium, bot] = await Promise.all([
    lookAt(async () => (area.clientId === undefined ? undefined : entra.findRegistration(area.clientId))),
    lookAt(() => entra.findOwnRoles()),
    lookAt(() => findInstances(entra)),
    lookAt(() => entra.hasPremium()),
    lookAt(async () => (area.bot ? entra.findRegistration(area.bot.appId) : undefined)),
  ]);
  const { servicePrincipalId, permissions } = standing.value;
  const grantee = granteeOf(area, standing.value, registration);
  const granted = judgeGraphPermissions(permissions, grantee, { givesGroups: area.givesGroups === true });
  const unseen = (name: string, problem: ProblemFacts): Finding => notLooked(name, explained(problem, granted));
  return [
    fine('entra-sign-in', 'Latchkey signs in to Entra.', servicePrincipalId ? { servicePrincipalId } : undefined),
    ...granted,
    judgeNewPassword(permissions, roles.ok ? roles.value : undefined, grantee),
    await credentialOf(area.credential, registration, { now, unseen }),
    ...(area.bot ? [await credentialOf(area.bot.credential, bot, { now, unseen })] : []),
    ...judgeStepUpClient(area.stepUp ?? NO_STEP_UP),
    ...(area.link ? await checkLink(area.link, area, { now, unseen }) : []),
    ...(instances.ok
      ? judgeOwnership(instances.value, { granted: permissions, ourId: servicePrincipalId })
      : [unseen('ownership', instances.problem)]),
    premium.ok ? judgePremium(premium.value) : unseen('entra-licence', premium.problem),
  ];
}

const NO_STEP_UP: StepUpNeeds = { roles: [], hasClient: false };

async function findInstances(entra: EntraReads): Promise<readonly (Instance & { readonly name: string })[]> {
  const { id } = await entra.getGalleryTemplate(GALLERY_NAME);
  const found = await entra.findInstances(id);
  const instances = await Promise.all(found.map((ids) => entra.getInstance(ids)));
  return instances.map((instance) => ({ ...instance, name: instance.displayName }));
}

function granteeOf(area: EntraArea, standing: OwnStanding, registration: Look<Registration | undefined>): Grantee {
  return {
    name: registration.ok ? registration.value?.name : undefined,
    clientId: area.clientId,
    servicePrincipalId: standing.servicePrincipalId,
    isManagedIdentity: area.credential.kind === 'managed-identity',
  };
}

interface Looking {
  /** Business time. */
  readonly now: Date;
  /** The finding of what could not be looked at. */
  readonly unseen: (name: string, problem: ProblemFacts) => Finding;
}

async function credentialOf(
  owner: CredentialOwner,
  registration: Look<Registration | undefined>,
  { now, unseen }: Looking,
): Promise<Finding> {
  if (!registration.ok) return unseen(`credential:${owner.key}`, registration.problem);
  // What is wrong with the certificate itself, the sign-in says.
  const thumbprint = await owner.findThumbprint?.().catch(() => undefined);
  return judgeCredential(owner, registration.value, { now, thumbprint });
}

async function checkLink(
  link: LinkClient,
  { entra, stepUp = NO_STEP_UP }: EntraArea,
  looking: Looking,
): Promise<Finding[]> {
  const { own, clientId } = link;
  const registration = await lookAt(() => entra.findRegistration(clientId));
  const found = [...judgeLinkClient(link, registration, looking.unseen), ...judgeStepUpClaim(stepUp, registration)];
  if (!own) return found;
  return [
    judgeLinkSignIn(own.credential, link, await lookAt(own.signIn)),
    ...found,
    await credentialOf(own.credential, registration, looking),
  ];
}

/** A look that was denied for a permission that stands in the list anyway: one cause, one remedy. */
function explained({ why, ...problem }: ProblemFacts, granted: readonly Finding[]): ProblemFacts {
  const isListed = problem.answer === 'denied' && granted.some(({ state }) => state === 'missing');
  if (isListed) return { ...problem, remedy: 'Grant the permissions that are missing, then run this again.' };
  return why === undefined ? problem : { ...problem, why };
}

function judgePremium(hasPremium: boolean): Finding {
  const name = 'entra-licence';
  if (hasPremium) return fine(name, 'The tenant has Entra ID P1 or better: groups can be assigned.');
  return {
    name,
    state: 'warning',
    what: 'The tenant has no Entra ID P1. People can be assigned one by one; groups cannot.',
    remedy: 'Nothing has to be done unless groups are to be assigned: that takes Entra ID P1.',
  };
}
