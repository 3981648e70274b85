import type { SettingsReader } from './settings-reader.js';

/** A channel in which several people read: for break-glass, and for requests of which some approver can be sent no message. */
export interface AdminPlace {
  readonly channel: 'teams' | 'slack';
  /** As that chat spells it for us: Teams’ id of the conversation, Slack's workspace and channel, `T…/C…`. */
  readonly conversation: string;
}

const TEAMS = /^19:[\w.-]{1,200}@thread\.(?:tacv2|skype|v2)$/;
const SLACK = /^T[A-Z0-9]{2,30}\/[CG][A-Z0-9]{2,30}$/;

/** One of each chat at most. */
export function readAdminPlaces(settings: SettingsReader): readonly AdminPlace[] {
  const words = (settings.find('LATCHKEY_ADMIN_CHANNEL') ?? '').split(',').map((word) => word.trim());
  const places = words.filter((word) => word !== '').flatMap((word) => placeOf(word) ?? []);
  const isRight = places.length === words.filter((word) => word !== '').length;
  const isTwice = new Set(places.map(({ channel }) => channel)).size < places.length;
  if (!isRight || isTwice) {
    settings.wrong(
      'LATCHKEY_ADMIN_CHANNEL',
      'must be a Teams channel, "19:…@thread.tacv2", a Slack channel, "T…/C…", or one of each with a comma between them',
    );
  }
  return places;
}

function placeOf(word: string): AdminPlace | undefined {
  if (TEAMS.test(word)) return { channel: 'teams', conversation: word };
  return SLACK.test(word) ? { channel: 'slack', conversation: word } : undefined;
}
