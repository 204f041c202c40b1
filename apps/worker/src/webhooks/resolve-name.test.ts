import { createAddressRules } from '@tellwire/domain'
import { expect, test } from 'vitest'
import { createNameResolver, NameNotResolved } from './resolve-name.js'

type Open = NonNullable<Parameters<typeof createNameResolver>[1]>

const fail = (code: string) => Promise.reject(Object.assign(new Error(`query ${code}`), { code }))

/** Nameservers, as how each answers for each kind of address; a name that begins with `no` is not found. */
function nameservers(...answers: { resolve4?: () => Promise<string[]>; resolve6?: () => Promise<string[]> }[]) {
  const asked: string[] = []
  const open: Open = () => {
    let chosen = answers[0]
    const answer = (name: string, kind: 'resolve4' | 'resolve6', address: string) => {
      asked.push(name)
      if (name.startsWith('no')) return fail('ENOTFOUND')
      return chosen?.[kind]?.() ?? Promise.resolve([address])
    }
    return {
      getServers: () => answers.map((_, index) => String(index)),
      setServers: ([server]) => (chosen = answers[Number(server)]),
      resolve4: (name: string) => answer(name, 'resolve4', '192.0.2.1'),
      resolve6: (name: string) => answer(name, 'resolve6', '2001:db8::1'),
    } as ReturnType<Open>
  }
  return { asked, open }
}
const both = [
  { address: '192.0.2.1', family: 4 },
  { address: '2001:db8::1', family: 6 },
]

test('has all addresses of a name, which is asked for once at a time', async () => {
  const { asked, open } = nameservers({})
  const resolve = createNameResolver(createAddressRules(), open)

  expect(await Promise.all([resolve('a.example'), resolve('a.example')])).toEqual([both, both])
  expect(asked).toEqual(['a.example', 'a.example'])
  await resolve('a.example')
  expect(asked).toHaveLength(4)
})

test('a name that was not found is not asked for again at once, and one of one kind alone is found', async () => {
  const { asked, open } = nameservers({ resolve6: () => fail('ENODATA') })
  const resolve = createNameResolver(createAddressRules(), open)

  expect(await resolve('b.example')).toEqual([both[0]])
  await expect(resolve('no.example')).rejects.toThrow(NameNotResolved)
  await expect(resolve('no.example')).rejects.toThrow(NameNotResolved)
  const silent = createNameResolver(
    createAddressRules(),
    nameservers({ resolve4: () => fail('ETIMEOUT'), resolve6: () => fail('ENODATA') }).open,
  )
  await expect(silent('c.example')).rejects.toThrow(NameNotResolved)
  expect(asked).toEqual(['b.example', 'b.example', 'no.example', 'no.example'])
})

test('where a nameserver does not help, the next one is asked', async () => {
  const { open } = nameservers({ resolve4: () => fail('ESERVFAIL'), resolve6: () => fail('EREFUSED') }, {})

  expect(await createNameResolver(createAddressRules(), open)('a.example')).toEqual(both)
})

test('hosts that the operator allows are resolved as the system does', async () => {
  const { asked, open } = nameservers({})
  const resolve = createNameResolver(createAddressRules(['localhost']), open)

  expect((await resolve('localhost')).map(({ address }) => address)).toContain('127.0.0.1')
  expect(asked).toEqual([])
})
