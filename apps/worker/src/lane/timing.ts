// Times and counts that several parts of a turn go by.

/** Deliveries that are due later than this are left to the sweep. */
export const keepForMs = 1_200
/** Poll interval when no wake-up arrives. */
export const pollEveryMs = 100
/** A permit comes back this long after the answer. */
export const permitReturnMs = 1_000
/** Heads that a claim passes over before it gives up; more when it found nothing. */
export const lookaheadMin = 8

/** How soon a message is composed again whose file another delivery is uploading. */
export const uploadPollMs = 500
