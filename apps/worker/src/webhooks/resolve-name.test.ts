import { createAddressRules } from '@tellwire/domain'
import { expect, test } from 'vitest'
import { createNameResolver } from './resolve-name.js'

const notFound = () => Promise.reject(Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' }))

/** A resolver whose every name has one address of each kind, but for those that begin with `no`. */
function resolver() {
  const asked: string[] = []
  const resolve = (addresses: string[]) => async (name: string) => {
    asked.push(name)
    return name.startsWith('no') ? notFound() : addresses
  }
  return { asked, resolve4: resolve(['192.0.2.1']), resolve6: resolve(['2001:db8::1']) } as never as {
    asked: string[]
  } & Parameters<typeof createNameResolver>[1]
}

test('has all addresses of a name, which is asked for once at a time', async () => {
  const names = resolver()
  const resolve = createNameResolver(createAddressRules(), names)

  const [first, second] = await Promise.all([resolve('a.example'), resolve('a.example')])
  expect(first).toEqual([
    { address: '192.0.2.1', family: 4 },
    { address: '2001:db8::1', family: 6 },
  ])
  expect(second).toEqual(first)
  expect(names.asked).toEqual(['a.example', 'a.example'])
  await resolve('a.example')
  expect(names.asked).toHaveLength(4)
})

test('a name that was not found is not asked for again at once, and one of one kind alone is found', async () => {
  const names = resolver()
  const resolve = createNameResolver(createAddressRules(), { ...names, resolve6: notFound } as never)

  await expect(resolve('no.example')).rejects.toThrow('ENOTFOUND')
  await expect(resolve('no.example')).rejects.toThrow('ENOTFOUND')
  expect(names.asked).toEqual(['no.example'])
  expect(await resolve('b.example')).toEqual([{ address: '192.0.2.1', family: 4 }])
})

test('hosts that the operator allows are resolved as the system does', async () => {
  const names = resolver()
  const resolve = createNameResolver(createAddressRules(['localhost']), names)

  expect((await resolve('localhost')).map(({ address }) => address)).toContain('127.0.0.1')
  expect(names.asked).toEqual([])
})
