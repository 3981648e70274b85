import { PgBoss } from 'pg-boss';

/** Loaded into the bot's process before the bot, by tests alone: what wakes runs takes seconds to start, as on a busy machine. */
const SECONDS = 4;

const start = PgBoss.prototype.start;
PgBoss.prototype.start = async function (this: PgBoss) {
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
  return start.call(this);
};
