import { z } from 'zod';
import { beforeSetUp } from './before-set-up.js';

export const applicationIds = z.object({
  applicationObjectId: z.string(),
  servicePrincipalId: z.string(),
  appId: z.string(),
});

export const setUpInput = z.object({
  planId: z.string(),
  regionKey: z.string(),
  shortName: z.string(),
  tenantId: z.string(),
  tileMode: z.enum(['signs-straight-in', 'opens-genesys']),
  emailFrom: z.enum(['userprincipalname', 'mail']),
  /** The instance to adopt; absent: one is created. */
  instance: applicationIds.optional(),
  /** Of the gallery, as it was read at Run; absent in runs of earlier releases. */
  templateId: z.string().optional(),
  /** The other identity provider in Genesys whose replacement was confirmed, with the certificates that leave with it. */
  replaces: z.object({ issuerUri: z.string(), certificates: z.array(z.string()) }).optional(),
  /** What both sides said at Run, so that it can be put back; absent in runs of the first release. */
  before: beforeSetUp.optional(),
});
export type SetUpInput = z.infer<typeof setUpInput>;

/** What an admin would otherwise have copied by hand between the two consoles. */
export const setUpOutcome = z.object({
  regionKey: z.string(),
  shortName: z.string(),
  tenantId: z.string(),
  tileMode: z.enum(['signs-straight-in', 'opens-genesys']),
  appId: z.string(),
  applicationObjectId: z.string(),
  servicePrincipalId: z.string(),
  issuerUri: z.string(),
  targetUri: z.string(),
  identifier: z.string(),
  thumbprint: z.string(),
  /** ISO 8601. */
  certificateUntil: z.string(),
});
export type SetUpOutcome = z.infer<typeof setUpOutcome>;
