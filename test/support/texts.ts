/** Where environments that are only text stand: a folder that no disk has, so that nothing is written to load them. */
export const texts = "/texts";
