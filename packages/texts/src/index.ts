export { argumentsOf, findOverrideFault, overridableTexts } from './check-override.js'
export { chooseLanguage, directionOf, isLanguage, type Language, languageNames, languages } from './languages.js'
export { type Overrides, speak, type Speaker } from './speak.js'
export type { TextArguments, TextKey } from './text-arguments.js'
