import { z } from 'zod';
import type { Claims, ClaimValues } from './entra.js';

/**
 * The definition of a `claimsMappingPolicy`: JSON in a string, its keys case-sensitive. Pure. Source: Microsoft Graph
 * docs and the claims mapping reference of the Microsoft Entra docs.
 */

export interface ClaimsWish {
  readonly emailFrom: 'userprincipalname' | 'mail';
  readonly organizationName: string;
}

const NAME_ID_TYPE = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier';

/** Loose, so that what others have written comes back as it was read. */
const entryJson = z.looseObject({
  Source: z.string().optional(),
  ID: z.string().optional(),
  Value: z.string().optional(),
  TransformationId: z.string().optional(),
  SamlClaimType: z.string().optional(),
});
type Entry = z.infer<typeof entryJson>;

const definitionJson = z.looseObject({
  ClaimsMappingPolicy: z.looseObject({
    IncludeBasicClaimSet: z.union([z.string(), z.boolean()]).optional(),
    ClaimsSchema: z.array(entryJson).default([]),
  }),
});
export type ClaimsDefinition = z.infer<typeof definitionJson>;

/** `undefined`: not one JSON text of the known shape. */
export function parseClaimsDefinition(definition: readonly string[]): ClaimsDefinition | undefined {
  const [text, ...others] = definition;
  if (text === undefined || others.length > 0) return undefined;
  try {
    return definitionJson.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What a sign-in under this policy sends. */
export function claimsOfDefinition({ ClaimsMappingPolicy }: ClaimsDefinition): Claims {
  const { ClaimsSchema, IncludeBasicClaimSet } = ClaimsMappingPolicy;
  const find = (type: string): Entry | undefined => ClaimsSchema.find((entry) => entry.SamlClaimType === type);
  const emailFrom = sourceOf(find('Email'));
  const organizationName = find('OrganizationName')?.Value;
  const nameIdFrom = sourceOf(find(NAME_ID_TYPE));
  return {
    ...(emailFrom ? { emailFrom } : {}),
    ...(organizationName ? { organizationName } : {}),
    ...(nameIdFrom ? { nameIdFrom } : {}),
    includesBasicClaims: String(IncludeBasicClaimSet).toLowerCase() === 'true',
    otherClaims: ClaimsSchema.map((entry) => entry.SamlClaimType).filter(
      (type) => type !== undefined && ![NAME_ID_TYPE, 'Email', 'OrganizationName'].includes(type),
    ) as string[],
  };
}

/** The user attribute that a claim is taken from; a transformation is named, because its outcome is not known here. */
function sourceOf(entry: Entry | undefined): string | undefined {
  if (entry?.TransformationId !== undefined) return `transformation ${entry.TransformationId}`;
  return entry?.Source?.toLowerCase() === 'user' ? entry.ID?.toLowerCase() : undefined;
}

/** The definition with our two claims in it, as the one JSON text that Graph takes. Everything else stays. */
export function mergedDefinition(before: ClaimsDefinition | undefined, wish: ClaimsWish): string {
  const policy = before?.ClaimsMappingPolicy ?? { Version: 1, IncludeBasicClaimSet: 'true', ClaimsSchema: [] };
  const email = { Source: 'user', ID: wish.emailFrom };
  const named = withClaim(policy.ClaimsSchema, 'Email', email);
  const all = withClaim(named, 'OrganizationName', { Value: wish.organizationName });
  const hasNameId = all.some((entry) => entry.SamlClaimType === NAME_ID_TYPE);
  const nameId = { Source: 'user', ID: 'userprincipalname', SamlClaimType: NAME_ID_TYPE };
  const schema = hasNameId ? all : [nameId, ...all];
  return JSON.stringify({ ...before, ClaimsMappingPolicy: { ...policy, ClaimsSchema: schema } });
}

/** The definition with the given claims as they were before, as JSON text; `null`: not sent. Everything else stays. */
export function formerDefinition(now: ClaimsDefinition, { emailFrom, organizationName }: ClaimValues): string {
  const policy = now.ClaimsMappingPolicy;
  const email = emailFrom && { Source: 'user', ID: emailFrom };
  const named = emailFrom === undefined ? policy.ClaimsSchema : withFormer(policy.ClaimsSchema, 'Email', email);
  const organization = organizationName && { Value: organizationName };
  const all = organizationName === undefined ? named : withFormer(named, 'OrganizationName', organization);
  return JSON.stringify({ ...now, ClaimsMappingPolicy: { ...policy, ClaimsSchema: all } });
}

function withFormer(schema: readonly Entry[], type: string, from: Partial<Entry> | '' | null | undefined): Entry[] {
  return from ? withClaim(schema, type, from) : schema.filter((entry) => entry.SamlClaimType !== type);
}

/** One claim of that type, in its place; only where its value comes from is ours. */
function withClaim(schema: readonly Entry[], type: string, from: Partial<Entry>): Entry[] {
  const at = schema.findIndex((entry) => entry.SamlClaimType === type);
  if (at < 0) return [...schema, { ...from, SamlClaimType: type }];
  return schema.flatMap((entry, index) => {
    if (entry.SamlClaimType !== type) return [entry];
    return index === at ? [{ ...from, ...withoutSource(entry) }] : [];
  });
}

function withoutSource(entry: Entry): Entry {
  const own = ['Source', 'ID', 'Value', 'TransformationId', 'ExtensionID'];
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !own.includes(key)));
}
