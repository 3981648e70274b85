import type { Reply } from '../kit/server.js';

/** The error envelope of the Bot Framework connector; which code a refusal carries is partly our own choice (unverified). */
export function connectorError(status: number, code: string, message: string): Reply {
  return { status, body: { error: { code, message } } };
}

/** Thrown by a connector route; the server answers with the envelope. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  get reply(): Reply {
    return connectorError(this.status, this.code, this.message);
  }
}

export const noConversation = () => new ConnectorError(404, 'ConversationNotFound', 'Conversation not found.');
export const noActivity = () => new ConnectorError(404, 'ActivityNotFoundInConversation', 'Activity not found.');
export const noMember = () => new ConnectorError(404, 'MemberNotFoundInConversation', 'Member not found.');
export const tooBig = () => new ConnectorError(413, 'MessageSizeTooBig', 'Message size too large.');
export const badSyntax = (what: string) => new ConnectorError(400, 'BadSyntax', what);
export const badArgument = (what: string) => new ConnectorError(400, 'BadArgument', what);
