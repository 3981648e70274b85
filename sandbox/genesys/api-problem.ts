import type { Reply } from '../kit/server.js';

/** A refusal in the vendor's words: becomes an ErrorBody with the request's correlation id as `contextId`. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly more: ApiProblemDetails;

  constructor(status: number, code: string, message: string, more: ApiProblemDetails = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

export interface ApiProblemDetails {
  readonly params?: Readonly<Record<string, string>>;
  readonly messageWithParams?: string;
  readonly details?: readonly { errorCode: string; fieldName: string }[];
  readonly limit?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Codes and texts as the platform sends them; published in its API definition and in client libraries. */
export const problems = {
  badRequest: (message = 'The request could not be understood by the server due to malformed syntax.') =>
    new ApiProblem(400, 'bad.request', message),
  authenticationRequired: () =>
    new ApiProblem(401, 'authentication.required', 'No authentication bearer token specified in authorization header.'),
  badCredentials: () => new ApiProblem(401, 'bad.credentials', 'Invalid login credentials.'),
  notFound: () => new ApiProblem(404, 'not.found', 'The requested resource was not found.'),
  conflict: (message: string) => new ApiProblem(409, 'general.conflict', message),
  missingPermissions: (permissions: readonly string[]) =>
    missing(
      'missing.permissions',
      'Unable to perform the requested action. You are missing the following permission(s): ',
      permissions,
    ),
  missingAnyPermissions: (permissions: readonly string[]) =>
    missing(
      'missing.any.permissions',
      'Unable to perform the requested action. You must have at least one of the following permissions assigned: ',
      permissions,
    ),
  missingDivisionPermission: (permission: string) =>
    missing(
      'missing.division.permission',
      'Unable to perform the requested action. You are missing the following division permission(s): ',
      [permission],
    ),
} as const;

function missing(code: string, text: string, permissions: readonly string[]): ApiProblem {
  const listed = `[${permissions.join(', ')}]`;
  return new ApiProblem(403, code, `${text}${listed}`, {
    messageWithParams: `${text}{permissions}`,
    params: { permissions: listed },
  });
}

export function problemReply(problem: ApiProblem, correlationId: string): Reply {
  const { params, messageWithParams, details, limit, headers } = problem.more;
  return {
    status: problem.status,
    headers: { ...headers },
    body: {
      message: problem.message,
      code: problem.code,
      status: problem.status,
      contextId: correlationId,
      ...(messageWithParams ? { messageWithParams, messageParams: params ?? {} } : {}),
      details: details ?? [],
      errors: [],
      ...(limit ? { limit } : {}),
    },
  };
}
