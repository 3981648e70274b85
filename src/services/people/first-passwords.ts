import { z } from 'zod';
import type { Actor } from '../operations/operation.js';
import type { Clock } from '../platform/clock.js';
import { beforeEffect } from '../platform/effect-guard.js';
import type { Log } from '../platform/log.js';
import type { OneTimeSecrets } from '../platform/one-time-secrets.js';
import type { DeliverPassword } from './create-person.js';

/** Brings the link to the personal chat of the actor. Rejects when it could not be delivered. */
export type DeliverLink = (
  actor: Actor,
  link: { token: string; userPrincipalName: string; until: Date },
) => Promise<void>;

const MINUTES = 10;
const revealed = z.object({ userName: z.string(), password: z.string() });

/** First passwords on their way to the one person who asked: sealed, behind a one-time link, for ten minutes. */
export class FirstPasswords {
  readonly #secrets: OneTimeSecrets;
  readonly #clock: Clock;
  readonly #deliverLink: DeliverLink;
  readonly #log: Log;

  constructor(parts: { secrets: OneTimeSecrets; clock: Clock; deliverLink: DeliverLink; log: Log }) {
    this.#secrets = parts.secrets;
    this.#clock = parts.clock;
    this.#deliverLink = parts.deliverLink;
    this.#log = parts.log;
  }

  /** Stores it sealed and sends the link. `false`: the link did not arrive; a new password can be asked for. */
  readonly deliver: DeliverPassword = async (actor, { userPrincipalName, password }) => {
    await beforeEffect();
    const secret = JSON.stringify({ userName: userPrincipalName, password });
    const token = await this.#secrets.create({
      secret,
      purpose: 'first-password',
      forPerson: actor.personId,
      minutes: MINUTES,
    });
    const until = new Date(this.#clock.now().getTime() + MINUTES * 60_000);
    try {
      await this.#deliverLink(actor, { token, userPrincipalName, until });
      return true;
    } catch (error) {
      this.#log.warn({ error }, 'The link to a first password could not be delivered');
      return false;
    }
  };

  /** Whether the link still shows something. Consumes nothing. */
  exists(token: string): Promise<boolean> {
    return this.#secrets.exists(token);
  }

  /** Shows it, once. */
  async open(token: string): Promise<{ userName: string; password: string } | undefined> {
    const secret = await this.#secrets.open(token);
    return secret === undefined ? undefined : revealed.parse(JSON.parse(secret));
  }
}
