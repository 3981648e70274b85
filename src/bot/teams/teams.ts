import type { Answer, Turn } from '../../dialogs/turn.js';
import type { Log } from '../../services/index.js';
import { type ConnectorLimits, createTeamsConnector, type TeamsCredentials } from './connector.js';
import { PlaceMemory } from '../place-memory.js';
import type { PlaceStore } from '../places.js';
import { createTeamsChannel, type TeamsChannel } from './teams-channel.js';
import { createTeamsDoor, type Refusal, type TeamsDoor } from './teams-door.js';

export interface TeamsOptions {
  readonly credentials: TeamsCredentials;
  /** The tenant whose people are served; all others are refused. */
  readonly tenantId: string;
  readonly places: PlaceStore;
  readonly log: Log;
  readonly http?: ConnectorLimits;
  /** Counts what the door refuses. */
  readonly onRefused?: (refusal: Refusal) => void;
}

export interface Teams {
  readonly channel: TeamsChannel;
  /** Makes the door. What `handle` returns is what the one who wrote or clicked gets to see. */
  openDoor(handle: (turn: Turn) => Promise<Answer | undefined>): TeamsDoor;
}

/** Teams as a whole: the channel for what Latchkey writes, and the door for what people write and click. */
export function createTeams({ credentials, tenantId, places, log, http, onRefused }: TeamsOptions): Teams {
  const connector = createTeamsConnector(credentials, http);
  const memory = new PlaceMemory(places);
  const channel = createTeamsChannel({ connector, places: memory, log });
  return {
    channel,
    openDoor: (handle) => createTeamsDoor({ connector, channel, places: memory, tenantId, handle, log, onRefused }),
  };
}
