import { z } from 'zod';
import type { OperatorAudit } from '../../services/index.js';

/** What can be asked from a terminal, as it is typed. */
export const COMMANDS = ['audit verify', 'audit export'] as const;
export type Command = (typeof COMMANDS)[number];

const judged = { entries: z.number(), checkpoints: z.number(), notes: z.array(z.string()).readonly() };
const verdict = z.union([
  z.object({ ok: z.literal(true), ...judged }),
  z.object({ ok: z.literal(false), ...judged, seq: z.number().optional(), what: z.string() }),
]);
const entry = z.object({
  seq: z.number(),
  at: z.string(),
  kind: z.string(),
  body: z.json(),
  prev: z.string(),
  hash: z.string(),
});

/** One line of an answer. The last one is `end` or `failed`; an answer without either was cut off. */
export const replySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('verdict'), verdict }),
  z.object({ kind: z.literal('entry'), entry }),
  /** A sentence for the person at the terminal, beside the answer. */
  z.object({ kind: z.literal('note'), text: z.string() }),
  z.object({ kind: z.literal('failed'), text: z.string() }),
  z.object({ kind: z.literal('end') }),
]);
export type Reply = z.infer<typeof replySchema>;

const NOT_RECORDED =
  'This look could not be written to the audit log; what follows holds all the same. The log of Latchkey has the reason.';

/** Answers a command, the same way whether the bot or the command's own process has the database. */
export async function* answer(command: Command, operator: string, audit: OperatorAudit): AsyncGenerator<Reply> {
  switch (command) {
    case 'audit verify': {
      const { verdict: found, isRecorded } = await audit.verify(operator);
      if (!isRecorded) yield { kind: 'note', text: NOT_RECORDED };
      yield { kind: 'verdict', verdict: found };
      break;
    }
    case 'audit export': {
      const { entries, isRecorded } = await audit.export(operator);
      if (!isRecorded) yield { kind: 'note', text: NOT_RECORDED };
      for await (const { body, ...rest } of entries) yield { kind: 'entry', entry: { ...rest, body: body as never } };
      break;
    }
  }
  yield { kind: 'end' };
}
