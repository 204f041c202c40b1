/** Documents as people, programs and language models write them, in several scripts, for tests that look at many of them. */
export interface Document {
  kind: string
  source: string
}

/** Words of a language, of which documents are made: all of them have to arrive. */
const vocabularies = {
  latin: ['Bestellung', 'größer', 'déployé', 'señal', 'årsag', 'zażółć'],
  cyrillic: ['заказ', 'ошибка', 'готово', 'сервер', 'їжак', 'отчёт'],
  greek: ['παραγγελία', 'σφάλμα', 'έτοιμο', 'διακομιστής', 'ώρα', 'φάκελος'],
  arabic: ['طلب', 'خطأ', 'جاهز', 'خادم', 'تقرير', 'ملف'],
  hebrew: ['הזמנה', 'שגיאה', 'מוכן', 'שרת', 'דוח', 'קובץ'],
  devanagari: ['आदेश', 'त्रुटि', 'तैयार', 'सर्वर', 'रिपोर्ट', 'फ़ाइल'],
  han: ['订单', '错误', '完成', '服务器', '报告', '文件'],
  thai: ['คำสั่ง', 'ผิดพลาด', 'พร้อม', 'เซิร์ฟเวอร์', 'รายงาน', 'ไฟล์'],
}

type Words = (place: number) => string

const kinds: Record<string, (word: Words, number: number) => string> = {
  release: (w, n) =>
    `<!-- made by a workflow -->\n## v1.${n}.0\n\n* ${w(0)} (#${n + 10}) by @dev\n* **${w(1)}:**${w(2)}\n\n<details>\n<summary>${w(3)}</summary>\n\n- bump \`lib_${n}\` to ${n}.2\n- ${w(4)}\n\n</details>\n\n${w(5)} **Full log**: https://example.com/compare/v${n}...v${n + 1}`,
  answer: (w, n) =>
    `### ${w(0)}\n\n1. **${w(1)}**\n  - ${w(2)}\n  - run \`make step_${n}\`\n\n\`\`\`python\nfor e in errors:\n\tprint(e, ${n}*2*3)\n\`\`\`\n\n2. *${w(3)}！*${w(4)}\n\n> [!WARNING]\n> ${w(5)}\n\nSo $x_${n}^2$ and \\( a_1 + b \\).`,
  alert: (w, n) =>
    `[FIRING:${n}] ${w(0)}\n\n[host]: db-${n}\n[value]: >${n} %\n[${w(1)}]: ${w(2)}\n\n| metric | now | before |\n|---|--:|--:|\n| ${w(3)} | ${n}.5 | ${n} | +${n} % |\n| \`a|b\` | 1 | 2 |\n---\n${w(4)} || ${w(5)}`,
  log: (w, n) =>
    `\u001b[32mINFO\u001b[0m ${w(0)}_${n}\ncopy 10%\rcopy 100%\n\u001b[1;31mERROR\u001b[0m C:\\jobs\\${n}\\[${w(1)}] ${w(2)}\n/opt/app/__init__.py:${n}: ${w(3)}\tok\n${w(4)} List<String> <host> ${w(5)}`,
  traceback: (w, n) =>
    `Traceback (most recent call last):\n  File "/opt/app/__main__.py", line ${n}, in <module>\n    run(**kwargs)\n${w(0)}Error: ${w(1)} *${w(2)}* <${n}> in [${w(3)}]\n\n${w(4)} at ${w(5)}`,
  event: (w, n) =>
    `${n}. ${w(0)}\n${n + 3}. ${w(1)}\n\n- 9.90 EUR\n+ 1${n}.90 EUR\n\n<b>${w(2)}</b><br/>${w(3)}: <https://example.com/e/${n}|${w(4)}>\n\n__${w(5)}:__ ${n}*${n + 1}`,
}

/** Six kinds of documents in eight scripts, `variants` of each. */
export function makeDocuments(variants: number): (Document & { words: string[] })[] {
  return Object.entries(kinds).flatMap(([kind, make]) =>
    Object.entries(vocabularies).flatMap(([script, vocabulary]) =>
      Array.from({ length: variants }, (_, variant) => {
        const words = vocabulary.map((_, place) => vocabulary[(place + variant) % vocabulary.length] ?? '')
        return { kind: `${kind}, ${script}`, source: make((place) => words[place] ?? '', variant + 1), words }
      }),
    ),
  )
}
