import { bind, type Face, type Operation } from './operation.js'
import { type ClientOptions, Transport } from './transport.js'

/** Has the transport before the fields of a client are made, which are bound to it. */
export abstract class Client {
  protected readonly transport: Transport

  /** @param keyVariable the variable of the environment in which the key stands, where no key is given. */
  constructor(options: ClientOptions, keyVariable: string) {
    this.transport = new Transport(options, keyVariable)
  }

  /** The methods of a resource. */
  protected of<Table extends Record<string, Operation>>(table: Table): Face<Table> {
    return bind(this.transport, table)
  }
}
