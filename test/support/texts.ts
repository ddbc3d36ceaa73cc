/** The folder of environments that exist only as text. It is on no disk, so nothing is written to load them. */
export const texts = "/texts";
