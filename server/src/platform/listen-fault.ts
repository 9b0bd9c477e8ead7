/** Why a port of this machine could not be listened on, in a sentence that says what to do. `setting`: the one that names the port. */
export function listenFault(
  error: NodeJS.ErrnoException,
  { host, port, setting }: { readonly host: string; readonly port: number; readonly setting: 'PORT' | 'OPS_PORT' },
): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(`Port ${port} on ${host} is taken by another program: stop it, or set ${setting} to a free one.`, {
      cause: error,
    })
  }
  if (error.code === 'EACCES')
    return new Error(`Port ${port} needs rights this user lacks: set ${setting} above 1023.`, { cause: error })
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new Error(`HOST is ${host}, which is no address of this machine: set HOST to one, or leave it out.`, {
      cause: error,
    })
  }
  return error
}
