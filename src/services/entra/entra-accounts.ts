import { z } from 'zod';
import { Problem } from '../platform/problem.js';
import type { EntraPerson } from './entra.js';
import { GraphProblem, isNotFound, type Attempt } from './entra-problems.js';
import { domainWire, toPerson, USER_SELECT, userWire, type UserWire } from './entra-wire.js';
import { NEEDS } from './graph-permissions.js';
import type { Graph } from './graph-http.js';
import { graphPath } from './graph-query.js';
import type { OneAtATime, Replication } from './replication.js';

export interface NewPerson {
  readonly name: string;
  readonly userPrincipalName: string;
  readonly mailNickname: string;
  readonly password: string;
}

/** A verified domain of the tenant. Only in a managed one are people created here; a federated one signs in elsewhere. */
export interface TenantDomain {
  readonly name: string;
  readonly isManaged: boolean;
}

/** Somebody whom Entra keeps for 30 days after the deletion. */
export interface DeletedPerson {
  readonly id: string;
  readonly name: string;
  /** By Entra's clock. */
  readonly deletedAt?: Date;
}

/** Making, changing and deleting accounts. */
export interface EntraAccounts {
  /** Verified domains, the default one first. */
  listDomains(): Promise<readonly TenantDomain[]>;
  /**
   * Creates a member with a first password that must be changed at the first sign-in. This and `resetPassword` throw a
   * Problem of the code `password-refused` where the tenant's own rules want another password.
   */
  createPerson(person: NewPerson): Promise<EntraPerson>;
  /** Sets a new first password that must be changed at the next sign-in. */
  resetPassword(personId: string, password: string): Promise<void>;
  /**
   * Who had that user principal name and was deleted in the last 30 days; the one deleted last. Looks through everybody who
   * was, 999 to a call. @param mostPages after which it is given up.
   */
  findDeletedPerson(userPrincipalName: string, mostPages?: number): Promise<DeletedPerson | undefined>;
  /**
   * Deletes the person (they can be restored for 30 days) and waits until reads say so. Returns whether they were there.
   */
  deletePerson(personId: string): Promise<boolean>;
}

interface Parts {
  readonly graph: Graph;
  readonly replication: Replication;
  readonly oneAtATime: OneAtATime;
}

/** Of Entra a part may answer that has not heard of the deletion yet: so many reads in a row must miss the person. */
const READS_THAT_MISS = 2;

const deletedWire = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
  deletedDateTime: z.string().nullish(),
});

export function createAccounts({ graph, replication, oneAtATime }: Parts): EntraAccounts {
  async function listDomains(): Promise<readonly TenantDomain[]> {
    const domains = await graph.list(
      {
        path: '/domains',
        query: { $select: 'id,isVerified,isDefault,authenticationType' },
        attempt: { to: 'read the domains of the tenant', needs: NEEDS.readDomains },
      },
      domainWire,
    );
    return domains
      .filter((domain) => domain.isVerified === true)
      .sort((one, other) => Number(other.isDefault === true) - Number(one.isDefault === true))
      .map(({ id, authenticationType }) => ({ name: id, isManaged: authenticationType === 'Managed' }));
  }

  async function readUser(idOrName: string): Promise<UserWire | undefined> {
    const path = graphPath`/users/${idOrName}`;
    const attempt: Attempt = { to: 'look people up', needs: NEEDS.readPeople };
    const read = graph.ask({ method: 'GET', path, query: { $select: USER_SELECT }, attempt }, userWire);
    return read.catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  }

  async function createPerson(person: NewPerson): Promise<EntraPerson> {
    const to = `create the user ${person.userPrincipalName}`;
    const post = (): Promise<{ id: string }> =>
      graph.ask(
        {
          method: 'POST',
          path: '/users',
          body: {
            accountEnabled: true,
            displayName: person.name,
            mailNickname: person.mailNickname,
            userPrincipalName: person.userPrincipalName,
            passwordProfile: { forceChangePasswordNextSignIn: true, password: person.password },
          },
          attempt: { to, needs: NEEDS.writePeople },
        },
        z.object({ id: z.string() }),
      );
    // The UPN is the mark: it is unique, and a person who had it before would have been a plain conflict.
    const find = async (): Promise<UserWire | undefined> => {
      const found = await readUser(person.userPrincipalName);
      return found?.displayName === person.name ? found : undefined;
    };
    const { made } = await replication.createdOnce({ create: post, find }).catch(sayPasswordRefused(to));
    const user = await replication.shown(`the user ${person.userPrincipalName}`, () => readUser(made.id));
    return toPerson(user);
  }

  async function resetPassword(personId: string, password: string): Promise<void> {
    const to = 'set a new password';
    const call = {
      method: 'PATCH',
      path: graphPath`/users/${personId}`,
      body: { passwordProfile: { forceChangePasswordNextSignIn: true, password } },
      attempt: { to, needs: NEEDS.resetPassword },
    } as const;
    const send = (): Promise<void> => replication.despiteLag('the user', () => graph.send(call));
    await oneAtATime(personId, send).catch(sayPasswordRefused(to));
  }

  async function findDeletedPerson(userPrincipalName: string, mostPages?: number): Promise<DeletedPerson | undefined> {
    const deleted = await graph.list(
      {
        path: '/directory/deletedItems/microsoft.graph.user',
        query: { $select: 'id,displayName,userPrincipalName,deletedDateTime', $top: '999' },
        attempt: { to: 'look for deleted people', needs: NEEDS.readPeople },
      },
      deletedWire,
      mostPages,
    );
    const [last] = deleted
      .filter((one) => formerName(one).toLowerCase() === userPrincipalName.toLowerCase())
      .sort((one, other) => (other.deletedDateTime ?? '').localeCompare(one.deletedDateTime ?? ''));
    if (!last) return undefined;
    const time = Date.parse(last.deletedDateTime ?? '');
    return {
      id: last.id,
      name: last.displayName ?? userPrincipalName,
      ...(Number.isNaN(time) ? {} : { deletedAt: new Date(time) }),
    };
  }

  async function deletePerson(personId: string): Promise<boolean> {
    const call = {
      method: 'DELETE',
      path: graphPath`/users/${personId}`,
      attempt: { to: 'delete the user', needs: NEEDS.deletePeople },
    } as const;
    const wasThere = await oneAtATime(personId, () =>
      graph.send(call).then(
        () => true,
        (error: unknown) => {
          if (isNotFound(error)) return false;
          throw error;
        },
      ),
    );
    await replication.shown('the deletion', async () => ((await isMissing(personId)) ? 'missing' : undefined));
    return wasThere;
  }

  async function isMissing(personId: string): Promise<boolean> {
    for (let read = 0; read < READS_THAT_MISS; read += 1) {
      if ((await readUser(personId)) !== undefined) return false;
    }
    return true;
  }

  return { listDomains, createPerson, resetPassword, findDeletedPerson, deletePerson };
}

function sayPasswordRefused(to: string): (error: unknown) => never {
  return (error) => {
    throw isPasswordRefused(error) ? passwordRefused(to, error.failure.requestId) : error;
  };
}

/** The password breaks a rule, Entra's own or one of the tenant: its code for that, or its text. */
function isPasswordRefused(error: unknown): error is GraphProblem {
  if (!(error instanceof GraphProblem)) return false;
  const { status, detailCodes = [], message = '' } = error.failure;
  if (status !== 400) return false;
  return detailCodes.includes('PasswordPolicyViolation') || /password .*(comply|complexity|banned)/i.test(message);
}

/** The rules of the tenant for passwords are stricter than Entra's own. @param to words that follow "the attempt to". */
export function passwordRefused(to: string, requestId: string | undefined): Problem {
  return new Problem({
    kind: 'remote',
    system: 'entra',
    answer: 'invalid',
    code: 'password-refused',
    ...(requestId === undefined ? {} : { requestId }),
    what: `Entra refused the generated password at the attempt to ${to}.`,
    why: 'The tenant has rules of its own for passwords, such as a list of banned words.',
    remedy: 'Press Retry: another password is generated.',
  });
}

/** Entra writes the object id, without its hyphens, before the name of who is deleted, so that the name is free again. */
function formerName({ id, userPrincipalName }: z.infer<typeof deletedWire>): string {
  const name = userPrincipalName ?? '';
  const mark = id.replaceAll('-', '');
  return name.toLowerCase().startsWith(mark.toLowerCase()) ? name.slice(mark.length) : name;
}
