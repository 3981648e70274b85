import { insufficientPrivileges } from './graph-problem.js';
import { anyOf, type GraphGateway } from './graph-gateway.js';
import type { Directory } from './directory.js';
import type { Sessions } from './sessions.js';
import { addressedUser, isProtected } from './users.js';

const REVOKE = anyOf('User.RevokeSessions.All');

/** `revokeSignInSessions`: every browser of the person has to sign in again. */
export function signInSessionRoutes(graph: GraphGateway, directory: Directory, sessions: Sessions): void {
  graph.on('POST', '/v1.0/users/:id/revokeSignInSessions', REVOKE, (call) => {
    const user = addressedUser(call, directory);
    if (isProtected(user, directory)) throw insufficientPrivileges();
    sessions.revoke(user.id);
    const context = 'https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean';
    return { status: 200, body: { '@odata.context': context, value: true } };
  });
}
