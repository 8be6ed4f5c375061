/** EX_CONFIG of sysexits.h: the exit status of who cannot start with this configuration, and need not try again. */
export const WRONG_CONFIGURATION = 78;
