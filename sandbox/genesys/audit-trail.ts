import { randomUUID } from 'node:crypto';
import { GENESYS } from '../credentials.js';
import { keepNewest, type AuditRecord, type GenesysData } from './genesys-data.js';

const AUDITS_KEPT = 5_000;

export interface SamlAuditEvent {
  /** The e-mail address that a verified assertion named, else undefined: what nobody signed is not recorded. */
  readonly email: string | undefined;
  readonly correlationId: string;
  /** Absent for a success. */
  readonly refusal?: { readonly code: string; readonly sentence: string };
}

/**
 * Records a single sign-on as the platform does: level SYSTEM, no user, no client, the e-mail address as entity name.
 * What a real record says about the cause of a failure is not published; here `context.reason` has the code.
 */
export function recordSamlSignIn(data: GenesysData, event: SamlAuditEvent): AuditRecord {
  const { refusal } = event;
  const record: AuditRecord = {
    id: randomUUID(),
    eventDate: data.clock.now().toISOString(),
    serviceName: 'PeoplePermissions',
    entityType: 'UserSamlAuthentication',
    action: refusal ? 'AuthenticationFailed' : 'Authenticate',
    status: refusal ? 'FAILURE' : 'SUCCESS',
    level: 'SYSTEM',
    userHomeOrgId: GENESYS.organizationId,
    user: {},
    client: { id: '' },
    remoteIp: [],
    entity: { id: 'unknown', name: event.email ?? 'unknown' },
    message: {
      localizableMessageCode: refusal ? 'USER_SAML_AUTHENTICATION_FAILED' : 'USER_SAML_AUTHENTICATION_SUCCESS',
      message: refusal ? refusal.sentence : 'The user signed in with single sign-on.',
    },
    context: { correlation_id: event.correlationId, ...(refusal ? { reason: refusal.code } : {}) },
    propertyChanges: [],
  };
  data.audits.put(record.id, record);
  keepNewest(data.audits, AUDITS_KEPT);
  return record;
}
