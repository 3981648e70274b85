import type { Answer, Turn } from '../turn.js';
import { statusView } from '../views/status.view.js';
import { actorOf, channelOf, show, type Parts } from './talk.js';

/** *status*: whether sign-in can work now, and whether access is as it should be. */
export class StatusConversation {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async begin(turn: Turn): Promise<Answer | undefined> {
    const { sso, clock, access, health: standing } = this.#parts;
    void channelOf(this.#parts, turn).typing(turn.place);
    const { health, canSetUp } = await sso.verify(actorOf(turn));
    const isJudged = health.state === 'right' || health.state === 'differs';
    const links = isJudged
      ? sso.linksFor({ shortName: health.organization.shortName, appId: health.appId })
      : undefined;
    // Without its database Latchkey says at least what both sides say.
    const findings = await standing.findings().catch(() => []);
    return show(
      this.#parts,
      turn,
      statusView(health, {
        ...{ regionName: sso.region.name, links, now: clock.now(), canSetUp },
        ...{ policy: access.policyStanding(), findings },
      }),
    );
  }
}
