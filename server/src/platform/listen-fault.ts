/** Why a port could not be listened on, in a sentence that says what to do. */
export function listenFault(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(`Port ${port} on ${host} is taken by another program: stop it, or set PORT to a free one.`, {
      cause: error,
    })
  }
  if (error.code === 'EACCES')
    return new Error(`Port ${port} needs rights this user lacks: set PORT above 1023.`, { cause: error })
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new Error(`HOST is ${host}, which is no address of this machine: set HOST to one, or leave it out.`, {
      cause: error,
    })
  }
  return error
}
