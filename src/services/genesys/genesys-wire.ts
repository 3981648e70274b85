import { z } from 'zod';

// Genesys's own spelling and shapes; nothing outside this folder sees them. Source: Genesys Cloud's API definition.

export const organizationWire = z.object({ id: z.string(), name: z.string(), thirdPartyOrgName: z.string() });

/** Loose: what Latchkey does not manage is sent back as it was read. */
export const providerWire = z.looseObject({
  name: z.string().nullish(),
  disabled: z.boolean().nullish(),
  issuerURI: z.string().nullish(),
  ssoTargetURI: z.string().nullish(),
  relyingPartyIdentifier: z.string().nullish(),
  certificate: z.string().nullish(),
  certificates: z.array(z.string()).nullish(),
});
export type ProviderWire = z.infer<typeof providerWire>;

const reference = z.object({ id: z.string(), name: z.string().nullish() });

export const userWire = z.object({
  id: z.string(),
  name: z.string().nullish(),
  email: z.string().nullish(),
  state: z.string().nullish(),
  division: reference.nullish(),
  version: z.number(),
});
export type UserWire = z.infer<typeof userWire>;

/** `results` is absent when nothing matches. */
export const userSearchWire = z.object({ results: z.array(userWire).nullish() });

export const roleWire = z.object({ id: z.string(), name: z.string() });
export const divisionWire = z.object({ id: z.string(), name: z.string(), homeDivision: z.boolean().nullish() });

export function listingWire<T>(item: z.ZodType<T>) {
  return z.object({ entities: z.array(item).nullish(), pageCount: z.number().nullish() });
}

/** Grants of a subject; those that come through a group carry the group's `subjectId`. */
export const subjectWire = z.object({
  grants: z.array(z.object({ subjectId: z.string().nullish(), division: reference, role: reference })).nullish(),
});

/** `tokens/me` of client credentials: there is always a client, and no user. */
export const ownClientWire = z.object({
  OAuthClient: z.object({
    id: z.string(),
    name: z.string().nullish(),
    roleDivisions: z.array(z.object({ roleId: z.string(), divisionId: z.string() })).nullish(),
  }),
});

export const ownRoleWire = z.object({
  name: z.string().nullish(),
  permissions: z.array(z.string()).nullish(),
  permissionPolicies: z
    .array(z.object({ domain: z.string(), entityName: z.string(), actionSet: z.array(z.string()).nullish() }))
    .nullish(),
});
export type OwnRoleWire = z.infer<typeof ownRoleWire>;

/** Ids of licences, such as `cloudCX1`. */
export const licencesWire = z.array(z.string());

/** An answer whose body does not matter. */
export const nothingWire = z.unknown();
