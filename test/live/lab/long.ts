/** Is there time for the full measure of a test? In the matrix there is (scripts/test.mjs). */
export const isLong = process.env.LIVE_LONG === '1';
