// Worlds start processes, databases and browsers; on a busy machine one story takes a while.
jest.setTimeout(180_000);
