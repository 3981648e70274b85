import { z } from 'zod';
import { WEEKDAYS } from './access-policy.js';

/** The shape of `policy.yaml`, as it is written. `policy.schema.json` is made from it, for editors. */

const name = z.string().trim().min(1).max(200);
const span = z
  .string()
  .regex(
    /^0*[1-9]\d{0,4} (minute|hour|day|week)s?$/i,
    'must be a length of time such as "15 minutes", "8 hours" or "30 days"',
  )
  .describe('A length of time: a number and minutes, hours, days or weeks, such as "8 hours".');
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of day in quotes, such as "08:30"')
  .describe('A time of day in quotes, such as "08:30".');

const named = {
  people: z.array(name).optional().describe('User principal names.'),
  groups: z.array(name).optional().describe('Names or object ids of Entra groups. Only direct members count.'),
};

const mayAsk = z.union([z.literal('everybody'), z.strictObject(named)]);

const stage = z.strictObject({
  ...named,
  manager: z.boolean().optional().describe('Ask the manager in Entra of whom the access is for, too.'),
  quorum: z.int().min(1).max(20).optional().describe('How many must agree; 1 if it is not said.'),
  escalateAfter: span.optional().describe('How long this stage has before the next one is asked.'),
});

const stepUp = z.union([
  z.boolean(),
  z.strictObject({
    authenticationContext: z
      .string()
      .regex(/^c[1-9]\d?$/, 'must be an authentication context of Conditional Access, c1 to c99')
      .describe('An authentication context of Conditional Access that the sign-in has to meet, such as c1.'),
  }),
]);

const role = z.strictObject({
  name,
  explains: z.string().trim().max(300).optional(),
  gives: z
    .strictObject({
      entraRole: name
        .optional()
        .describe('A role of the Genesys Cloud application in Entra, by value or display name.'),
      entraGroup: name.optional().describe('Instead: a group that has the application, by name or object id.'),
      genesys: z.strictObject({ division: name, roles: z.array(name).min(1).max(20) }),
    })
    .refine(
      ({ entraRole, entraGroup }) => (entraRole === undefined) !== (entraGroup === undefined),
      'must say either entraRole or entraGroup',
    ),
  mayAsk,
  approval: z.array(stage).min(1).max(5),
  stepUp: stepUp
    .optional()
    .describe('An approval counts only once the approver has signed in at Microsoft anew for it. Others need none.'),
  lasts: z.strictObject({ usually: span, atMost: span }),
  autoApprove: z.strictObject({ ...named, atMost: span }).optional(),
  unansweredFor: span.optional(),
  remind: z.strictObject({ first: span, atMost: span }).optional(),
  breakGlass: z.strictObject({ ...named, atMost: span }).optional(),
});

export const policySchema = z.strictObject({
  version: z.literal(1),
  timeZone: name.describe('An IANA name, such as Europe/Berlin.'),
  workingHours: z
    .strictObject({ days: z.array(z.enum(WEEKDAYS)).min(1), from: timeOfDay, until: timeOfDay })
    .optional(),
  roles: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,49}$/, 'must be small letters, digits and dashes'), role)
    .refine((roles) => Object.keys(roles).length > 0, 'must hold at least one role'),
});

export type WrittenPolicy = z.infer<typeof policySchema>;
export type WrittenRole = z.infer<typeof role>;

/** What editors complete and check `policy.yaml` with. */
export function policyJsonSchema(): object {
  return { title: 'Access policy of Latchkey', ...z.toJSONSchema(policySchema, { unrepresentable: 'any' }) };
}
