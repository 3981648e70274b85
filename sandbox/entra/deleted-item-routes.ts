import { TENANT_ID } from '../credentials.js';
import type { Faults } from '../kit/faults.js';
import type { Reply } from '../kit/server.js';
import { BY_APP_ID, BY_ID, WRITE_APPLICATIONS } from './applications.js';
import {
  deleteApplication,
  deleteServicePrincipal,
  deleteUser,
  purgeItem,
  restoreItem,
  type DeletedItem,
  type DeletedKind,
} from './deleted-items.js';
import type { Directory } from './directory.js';
import { GraphProblem, badRequest, conflict, insufficientPrivileges, resourceNotFound } from './graph-problem.js';
import { anyOf, anyToken, type GraphCall, type GraphGateway, type Need } from './graph-gateway.js';
import { entityReply, listReply, type EntityShape } from './odata-query.js';
import {
  APPLICATION,
  SERVICE_PRINCIPAL,
  addressedApplication,
  addressedServicePrincipal,
  requireOwnership,
  viewApplication,
  viewServicePrincipal,
} from './service-principal-view.js';
import { USER, addressedUser, isProtected } from './users.js';

const BIN = '/v1.0/directory/deletedItems';

const READ_APPLICATIONS = anyOf('Application.Read.All', 'Application.ReadWrite.OwnedBy', 'Application.ReadWrite.All');
const DELETE_USERS = anyOf('User.DeleteRestore.All', 'User.ReadWrite.All');

/** Which permissions the bin asks for, by the kind of object. */
const NEEDS: Readonly<Record<DeletedKind, { readonly read: Need; readonly write: Need }>> = {
  application: { read: READ_APPLICATIONS, write: WRITE_APPLICATIONS },
  servicePrincipal: { read: READ_APPLICATIONS, write: WRITE_APPLICATIONS },
  user: { read: anyOf('User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All'), write: DELETE_USERS },
};

const SHAPES: Readonly<Record<DeletedKind, EntityShape>> = {
  application: APPLICATION,
  servicePrincipal: SERVICE_PRINCIPAL,
  user: USER,
};

/** Deleting applications, service principals and people, and `/directory/deletedItems`: list, read, restore, purge. */
export function deletionRoutes(graph: GraphGateway, directory: Directory, faults: Faults): void {
  for (const key of [BY_ID, BY_APP_ID]) {
    graph.on('DELETE', `/v1.0/applications${key}`, WRITE_APPLICATIONS, (call) => {
      const application = addressedApplication(call, directory);
      requireOwnership(call, directory, application.appId);
      if (faults.active('saml-app-delete-refused')) refuseSamlMode(application.appId, directory);
      deleteApplication(application, directory);
      return { status: 204 };
    });
    graph.on('DELETE', `/v1.0/servicePrincipals${key}`, WRITE_APPLICATIONS, (call) => {
      const principal = addressedServicePrincipal(call, directory);
      requireOwnership(call, directory, principal.appId);
      deleteServicePrincipal(principal, directory);
      return { status: 204 };
    });
  }
  graph.on('DELETE', '/v1.0/users/:id', DELETE_USERS, (call) => {
    const user = addressedUser(call, directory);
    if (isProtected(user, directory)) throw insufficientPrivileges();
    deleteUser(user, directory);
    return { status: 204 };
  });
  binRoutes(graph, directory);
}

function binRoutes(graph: GraphGateway, directory: Directory): void {
  for (const kind of ['application', 'servicePrincipal', 'user'] as const) {
    graph.on('GET', `${BIN}/microsoft.graph.${kind}`, NEEDS[kind].read, ({ request }) => {
      const items = directory.deletedItems.filter((item) => item.kind === kind);
      return listReply(
        request,
        SHAPES[kind],
        items.map((item) => view(item, directory)),
      );
    });
  }
  graph.on('GET', `${BIN}/:id`, anyToken, (call) => {
    const item = addressedItem(call, directory, 'read');
    const type = { '@odata.type': `#microsoft.graph.${item.kind}` };
    return entityReply(call.request, SHAPES[item.kind], { ...type, ...view(item, directory) });
  });
  graph.on('POST', `${BIN}/:id/restore`, anyToken, (call) => restore(call, directory));
  graph.on('DELETE', `${BIN}/:id`, anyToken, (call) => {
    purgeItem(addressedItem(call, directory, 'write'), directory);
    return { status: 204 };
  });
}

/** A restored application comes without its service principal, which is restored on its own, as Microsoft documents. */
function restore(call: GraphCall, directory: Directory): Reply {
  const item = addressedItem(call, directory, 'write');
  if (item.kind === 'servicePrincipal' && !directory.findApplicationByAppId(item.object.appId)) {
    throw badRequest(
      `The appId '${item.object.appId}' of the service principal does not reference a valid application object.`,
    );
  }
  if (item.kind === 'user' && directory.findUser(item.object.userPrincipalName)) throw conflict('userPrincipalName');
  restoreItem(item, directory);
  const type = { '@odata.type': `#microsoft.graph.${item.kind}` };
  const restored = item.kind === 'user' ? item.object : view(item, directory);
  return entityReply(call.request, SHAPES[item.kind], { ...type, ...restored, deletedDateTime: null });
}

function addressedItem(call: GraphCall, directory: Directory, use: 'read' | 'write'): DeletedItem {
  const id = call.param('id');
  const item = directory.deletedItems.get(id.toLowerCase());
  if (!item) throw resourceNotFound(id);
  if (!NEEDS[item.kind][use](call.caller.roles)) throw insufficientPrivileges();
  if (use === 'write' && item.kind !== 'user') requireFormerOwner(call, item);
  return item;
}

/** Who manages owned apps only must have owned the object when it was deleted. */
function requireFormerOwner({ caller }: GraphCall, item: DeletedItem): void {
  if (caller.roles.has('Application.ReadWrite.All')) return;
  const ownership = `${item.id}/${caller.servicePrincipalId}`;
  const owned = item.relations.some(({ relation, key }) => relation === 'ownerships' && key === ownership);
  if (!owned) throw insufficientPrivileges();
}

function view(item: DeletedItem, directory: Directory): Record<string, unknown> {
  const { deletedDateTime } = item;
  if (item.kind === 'application') return { ...viewApplication(item.object, TENANT_ID), deletedDateTime };
  if (item.kind === 'user') return { ...item.object, ...markedName(item), deletedDateTime };
  return { ...viewServicePrincipal(item.object, directory), deletedDateTime };
}

/** The object id, without hyphens, goes before the name of who is deleted, so that the name is free again. */
function markedName(item: Extract<DeletedItem, { kind: 'user' }>): { userPrincipalName: string } {
  return { userPrincipalName: `${item.id.replaceAll('-', '')}${item.object.userPrincipalName}` };
}

function refuseSamlMode(appId: string, directory: Directory): void {
  if (directory.findServicePrincipalByAppId(appId)?.preferredSingleSignOnMode !== 'saml') return;
  throw new GraphProblem(400, 'DeletingSamlSpNotAllowed', 'Property appId is invalid.');
}
