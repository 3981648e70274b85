import { z } from 'zod';
import { Problem } from '../platform/problem.js';
import { failureStatusOf, isNotFound } from './entra-problems.js';
import { protectedPerson } from './entra-refusals.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { graphPath } from './graph-query.js';

export interface EntraSessions {
  /**
   * Every browser and app of the person has to sign in again. What a system has let in already stays in until its own session
   * ends. `false`: there is no such person any more.
   */
  revokeSignInSessions(personId: string): Promise<boolean>;
}

export function createSessions({ graph }: { readonly graph: Graph }): EntraSessions {
  async function revokeSignInSessions(personId: string): Promise<boolean> {
    const call = {
      method: 'POST',
      path: graphPath`/users/${personId}/revokeSignInSessions`,
      attempt: { to: 'end the sessions of the person', needs: NEEDS.revokeSessions },
      // What is ended twice is ended once.
      isRepeatable: true,
    } as const;
    try {
      await graph.ask(call, z.unknown());
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw isProtected(error) ? protectedPerson(error) : error;
    }
  }

  return { revokeSignInSessions };
}

/** Denied although no permission is missing: Entra protects whoever holds a directory role. */
function isProtected(error: unknown): error is Problem {
  return error instanceof Problem && failureStatusOf(error) === 403 && error.facts.missing === undefined;
}
