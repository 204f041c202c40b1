/** When a person who writes is answered by itself: never, where nobody reads it, or always. */
export const autoAnswers = ['off', 'unheard', 'always'] as const
export type AutoAnswer = (typeof autoAnswers)[number]
