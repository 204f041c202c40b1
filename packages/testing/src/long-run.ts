/** Whether tests may take their time: `npm run test:full`. */
export const isLongRun = process.env['PROPERTY_STEPS'] !== undefined
