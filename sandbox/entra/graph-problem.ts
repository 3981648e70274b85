/** A refusal as Graph words it. */
export class GraphProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details?: readonly { readonly code: string; readonly message: string; readonly target: string }[],
  ) {
    super(message);
  }
}

export function badRequest(message: string, code = 'Request_BadRequest'): GraphProblem {
  return new GraphProblem(400, code, message);
}

export function conflict(property: string): GraphProblem {
  const message = `Another object with the same value for property ${property} already exists.`;
  return new GraphProblem(400, 'Request_BadRequest', message, [{ code: 'ObjectConflict', message, target: property }]);
}

export function unsupportedQuery(message: string): GraphProblem {
  return new GraphProblem(400, 'Request_UnsupportedQuery', message);
}

export function resourceNotFound(id: string): GraphProblem {
  return new GraphProblem(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

export function insufficientPrivileges(): GraphProblem {
  return new GraphProblem(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
}

export function invalidToken(message: string): GraphProblem {
  return new GraphProblem(401, 'InvalidAuthenticationToken', message);
}

/** The answer to a path that Graph does not have. */
export function unknownSegment(segment: string): GraphProblem {
  return new GraphProblem(400, 'BadRequest', `Resource not found for the segment '${segment}'.`);
}

export function methodNotAllowed(): GraphProblem {
  return new GraphProblem(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
}
