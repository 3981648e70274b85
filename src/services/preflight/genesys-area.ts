import type { Genesys } from '../genesys/genesys.js';
import type { OwnClient } from '../genesys/own-client.js';
import type { ProblemFacts } from '../platform/problem.js';
import { fine, lookAt, notLooked, type Finding } from './finding.js';
import { judgeDivisions, judgeGenesysPermissions, rightToReadRoles } from './genesys-permissions.js';
import { judgeSignIn } from './sign-in.js';

/** What is asked of Genesys Cloud: only to read. */
export type GenesysReads = Pick<Genesys, 'getOrganization' | 'getOwnClient' | 'getOwnRoles' | 'listDivisions'>;

/** Signs in to Genesys Cloud and looks at what the OAuth client may do there. */
export async function checkGenesys(genesys: GenesysReads): Promise<Finding[]> {
  const organization = await lookAt(() => genesys.getOrganization());
  if (!organization.ok) return judgeSignIn('genesys', organization.problem);
  const { id, name, shortName } = organization.value;
  const client = await lookAt(() => genesys.getOwnClient());
  return [
    fine('genesys-sign-in', `Latchkey signs in to ${name} (short name ${shortName}).`, { organizationId: id }),
    ...(client.ok ? await checkClient(genesys, client.value) : [notLooked('genesys-permissions', client.problem)]),
  ];
}

async function checkClient(genesys: GenesysReads, client: OwnClient): Promise<Finding[]> {
  const [roles, divisions] = await Promise.all([
    lookAt(() => genesys.getOwnRoles(client)),
    lookAt(() => genesys.listDivisions()),
  ]);
  if (!roles.ok) return unreadable(client, roles.problem);
  const facts = { id: client.id, name: client.name, roles: roles.value };
  return [
    ...judgeGenesysPermissions(facts),
    ...(divisions.ok ? judgeDivisions(facts, divisions.value) : [notLooked('genesys-divisions', divisions.problem)]),
  ];
}

/** A client that may not read roles cannot be asked what else it may do. */
function unreadable(client: OwnClient, problem: ProblemFacts): Finding[] {
  if (problem.answer !== 'denied') return [notLooked('genesys-permissions', problem)];
  return [
    rightToReadRoles(client),
    {
      name: 'genesys-permissions',
      state: 'could-not-look',
      what: 'What else the OAuth client may do cannot be looked at, as it may not read its own role.',
      remedy: 'Add authorization > role > view, then run this again.',
      ...(problem.requestId ? { remoteIds: { requestId: problem.requestId } } : {}),
    },
  ];
}
